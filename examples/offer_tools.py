"""Tools of `offer.flow`: mails and offers in a file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from interpreter.api import current, tool

TABLES = """
create table if not exists mails ("key" text primary key, recipient text, body text);
create table if not exists offers (id text primary key, state text);
"""


@tool("mail.send")
def send(to: str, body: str) -> None:
    """A key that was seen before changes nothing more."""
    with books() as connection:
        connection.execute("insert or ignore into mails values (?, ?, ?)", (current().key, to, body))


@tool("offers.close")
def close(id: str, state: str) -> None:
    with books() as connection:
        connection.execute("insert or replace into offers values (?, ?)", (id, state))


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "offer.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
