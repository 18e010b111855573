"""The tools of reminder.flow: offers and mails in `reminder.db`. An offer is answered by whoever edits its row."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from interpreter.api import current, tool

TABLES = """
create table if not exists offers (id text primary key, state text);
create table if not exists mails (key text primary key, recipient text, body text);
"""


@dataclass(frozen=True)
class OfferState:
    answered: bool


@tool("offers.state")
def state(id: str) -> OfferState:
    with books() as connection:
        row = connection.execute("select state from offers where id = ?", (id,)).fetchone()
    return OfferState(answered=row == ("answered",))


@tool("offers.close")
def close(id: str) -> None:
    with books() as connection:
        connection.execute("insert or replace into offers values (?, 'closed')", (id,))


@tool("mail.send")
def send(to: str, body: str) -> None:
    with books() as connection:
        connection.execute("insert or ignore into mails values (?, ?, ?)", (current().key, to, body))


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "reminder.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
