"""The tools of reprice.flow, over one SQLite file: `reprice.db`. The tills do not take a price above 8."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from interpreter.api import ToolError, current, tool

TABLES = """
create table if not exists prices (item text primary key, price text);
create table if not exists changes (key text primary key, old text);
create table if not exists labels (key text primary key, count integer);
create table if not exists journal (key text primary key, text text);
create table if not exists door (one integer primary key, state text);
insert or ignore into prices values ('tea', '2.90'), ('cups', '7.50');
"""


@dataclass(frozen=True)
class Changed:
    old: Decimal


@dataclass(frozen=True)
class Printed:
    batch: str


class NoSuchItem(ToolError):
    pass


class TillsOffline(ToolError):
    pass


@tool("shop.close")
def close(reason: str) -> None:
    _door(f"closed: {reason}")


@tool("shop.open")
def open_() -> None:
    _door("open")


def _door(state: str) -> None:
    with books() as connection:
        connection.execute("insert or replace into door values (1, ?)", (state,))


@tool("prices.change")
def change(item: str, price: Decimal) -> Changed:
    with books() as connection:
        known = connection.execute("select old from changes where key = ?", (current().key,)).fetchone()
        if known is None:
            known = connection.execute("select price from prices where item = ?", (item,)).fetchone()
            if known is None:
                raise NoSuchItem(f"nothing is called {item}")
            connection.execute("insert into changes values (?, ?)", (current().key, known[0]))
            connection.execute("update prices set price = ? where item = ?", (str(price), item))
    return Changed(Decimal(known[0]))


@tool("prices.restore")
def restore(item: str, price: Decimal) -> None:
    with books() as connection:
        connection.execute("update prices set price = ? where item = ?", (str(price), item))


@tool("journal.write")
def write(text: str) -> None:
    with books() as connection:
        connection.execute("insert or ignore into journal values (?, ?)", (current().key, text))


@tool("labels.print")
def print_(count: int) -> Printed:
    with books() as connection:
        connection.execute("insert or ignore into labels values (?, ?)", (current().key, count))
        number = connection.execute("select rowid from labels where key = ?", (current().key,)).fetchone()
    return Printed(f"batch {number[0]}")


@tool("tills.load")
def load() -> None:
    with books() as connection:
        dear = connection.execute("select item from prices where price > '8'").fetchone()
    if dear is not None:
        raise TillsOffline(f"the tills do not take the price of {dear[0]}")


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "reprice.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
