"""Tools of `refund.flow`: orders in a table, refunds in a file."""

import os
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from interpreter.api import current, tool

ORDERS = {"c-7": [{"id": "o-1", "total": Decimal("79.80")}]}


@tool("orders.find")
def find(customer: str) -> list[dict[str, Any]]:
    return ORDERS.get(customer, [])


@tool("payments.refund")
def refund(order: str, amount: Decimal) -> dict[str, str]:
    """A key that was seen before changes nothing more."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR", Path(__file__).parent))
    with closing(sqlite3.connect(folder / "refund.db")) as books, books:
        books.execute('create table if not exists refunds ("key" text primary key, "order" text, amount text)')
        books.execute("insert or ignore into refunds values (?, ?, ?)", (current().key, order, str(amount)))
        return {"ref": f"R-{order}"}
