"""Tools of `weekly.flow`, over one SQLite file: `weekly.db`. Nobody reads a letter with the title Nobody."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from interpreter.api import ToolError, current, tool


class NobodyReads(ToolError):
    """Nothing was announced."""


@tool("letters.publish")
def publish(title: str, headlines: list[str]) -> dict[str, str]:
    with letters() as database:
        number = database.execute("select count(*) from letters").fetchone()[0] + 1
        row = (current().key, number, title, "published")
        database.execute("insert or ignore into letters values (?, ?, ?, ?)", row)
        ((kept,),) = database.execute("select number from letters where key = ?", (current().key,))
        return {"id": str(kept)}


@tool("letters.withdraw")
def withdraw(id: str) -> None:
    with letters() as database:
        database.execute("update letters set state = 'withdrawn' where number = ?", (id,))


@tool("letters.announce")
def announce(id: str) -> None:
    with letters() as database:
        ((title,),) = database.execute("select title from letters where number = ?", (id,))
        if title == "Nobody":
            raise NobodyReads(f"nobody reads letter {id}")
        database.execute("update letters set state = 'announced' where number = ?", (id,))


@contextmanager
def letters() -> Iterator[sqlite3.Connection]:
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "weekly.db")) as connection, connection:
        connection.execute("create table if not exists letters (key text primary key, number int, title, state)")
        yield connection
