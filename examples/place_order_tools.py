"""The tools of place_order.flow, over one SQLite file: `place_order.db`. No courier goes to Atlantis."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from interpreter.api import ToolError, current, tool

TABLES = """
create table if not exists stock (item text primary key, count integer);
create table if not exists holds (key text primary key, item text, count integer, state text);
create table if not exists charges (key text primary key, card text, amount text, state text);
create table if not exists receipts (number integer primary key, key text unique, charge text);
create table if not exists parcels (key text primary key, item text, city text);
insert or ignore into stock values ('lamp', 5), ('desk', 1);
"""


@dataclass(frozen=True)
class Created:
    id: str


@dataclass(frozen=True)
class Receipt:
    number: str


@dataclass(frozen=True)
class Shipment:
    tracking: str


@dataclass(frozen=True)
class Order:
    item: str
    count: int
    card: str
    total: Decimal
    city: str


class OutOfStock(ToolError):
    pass


class CardDeclined(ToolError):
    pass


class NoCourier(ToolError):
    pass


@tool("inventory.reserve")
def reserve(item: str, count: int) -> Created:
    key = current().key
    with books() as connection:
        if not connection.execute("select 1 from holds where key = ?", (key,)).fetchone():
            taken = connection.execute(
                "update stock set count = count - ? where item = ? and count >= ?", (count, item, count)
            )
            if taken.rowcount == 0:
                raise OutOfStock(f"there are not {count} of {item}")
            connection.execute("insert into holds values (?, ?, ?, 'held')", (key, item, count))
    return Created(key)


@tool("inventory.release")
def release(id: str) -> None:
    with books() as connection:
        held = connection.execute("select item, count from holds where key = ? and state = 'held'", (id,)).fetchone()
        if held:
            connection.execute("update stock set count = count + ? where item = ?", (held[1], held[0]))
            connection.execute("update holds set state = 'released' where key = ?", (id,))


@tool("payments.charge")
def charge(card: str, amount: Decimal) -> Created:
    if card.endswith("0000"):
        raise CardDeclined(f"the card {card} is declined")
    with books() as connection:
        row = (current().key, card, str(amount))
        connection.execute("insert or ignore into charges values (?, ?, ?, 'charged')", row)
    return Created(current().key)


@tool("payments.credit")
def credit(charge: str) -> None:
    with books() as connection:
        connection.execute("update charges set state = 'credited' where key = ?", (charge,))


@tool("shipping.dispatch")
def dispatch(order: Order) -> Shipment:
    if order.city == "Atlantis":
        raise NoCourier(f"no courier goes to {order.city}")
    with books() as connection:
        connection.execute("insert or ignore into parcels values (?, ?, ?)", (current().key, order.item, order.city))
    return Shipment(f"parcel of {order.item} to {order.city}")


@tool("payments.receipt")
def receipt(charge: str) -> Receipt:
    with books() as connection:
        connection.execute("insert or ignore into receipts (key, charge) values (?, ?)", (current().key, charge))
        row = connection.execute("select number from receipts where key = ?", (current().key,)).fetchone()
    return Receipt(f"R-{row[0]}")


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "place_order.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection
