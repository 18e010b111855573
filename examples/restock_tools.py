"""Tools of `restock.flow`: what is in stock, and orders, in a file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from interpreter.api import current, tool

TABLES = """
create table if not exists stock (warehouse text, sku text, left integer, primary key (warehouse, sku));
create table if not exists orders ("key" text primary key, warehouse text, sku text, count integer);
"""
AT_FIRST = 120


@tool("stock.count")
def count(warehouse: str, sku: str) -> dict[str, int]:
    with books() as connection:
        connection.execute("insert or ignore into stock values (?, ?, ?)", (warehouse, sku, AT_FIRST))
        found = "select left from stock where warehouse = ? and sku = ?"
        return {"left": connection.execute(found, (warehouse, sku)).fetchone()[0]}


@tool("orders.place")
def place(warehouse: str, sku: str, count: int) -> dict[str, str]:
    """A key that was seen before orders nothing more."""
    with books() as connection:
        key = current().key
        connection.execute("insert or ignore into orders values (?, ?, ?, ?)", (key, warehouse, sku, count))
        return {"id": f"o-{connection.execute('select rowid from orders where key = ?', (key,)).fetchone()[0]}"}


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "restock.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
