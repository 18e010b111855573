"""Tools of `handoff.flow`: orders in a table, refunds and labels in a file."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from interpreter.api import current, tool

ORDERS = {"c-7": [{"id": "o-1", "item": "lamp", "total": Decimal("79.80")}]}
TABLES = """
create table if not exists refunds ("key" text primary key, "order" text, amount text);
create table if not exists labels ("key" text primary key, "order" text, state text);
"""


@tool("orders.find")
def find(customer: str) -> list[dict[str, Any]]:
    return ORDERS.get(customer, [])


@tool("payments.refund")
def refund(order: str, amount: Decimal) -> dict[str, str]:
    """A key that was seen before changes nothing more."""
    with books() as connection:
        connection.execute("insert or ignore into refunds values (?, ?, ?)", (current().key, order, str(amount)))
    return {"ref": f"R-{order}"}


@tool("returns.label")
def label(order: str) -> dict[str, str]:
    with books() as connection:
        connection.execute("insert or ignore into labels values (?, ?, 'valid')", (current().key, order))
    return {"code": f"L-{order}"}


@tool("returns.cancel")
def cancel(code: str) -> None:
    with books() as connection:
        connection.execute("update labels set state = 'cancelled' where 'L-' || \"order\" = ?", (code,))


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "handoff.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
