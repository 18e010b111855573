"""Tools of `conversation.flow`: sent mails in a file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from interpreter.api import current, tool


@tool("mail.send")
def send(to: str, body: str) -> None:
    """A key that was seen before changes nothing more."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "conversation.db", timeout=30)) as connection, connection:
        connection.execute('create table if not exists mails ("key" text primary key, recipient text, body text)')
        connection.execute("insert or ignore into mails values (?, ?, ?)", (current().key, to, body))
