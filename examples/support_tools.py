"""The tools of support.flow: small and local, but real. What they do stands in `support.db` afterwards.

    python examples/support_tools.py        shows it

Each effect is kept under the idempotency key of its call, so a call that is made again changes nothing more.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from interpreter.api import ToolError, current, tool

TABLES = """
create table if not exists tickets
  (id integer primary key, key text unique not null, customer text, subject text, state text default 'open');
create table if not exists mails
  (id integer primary key, key text unique not null, recipient text, body text);
create table if not exists payments
  (id integer primary key, key text unique not null, customer text, amount text);
"""


@dataclass(frozen=True)
class Customer:
    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Created:
    id: str


CUSTOMERS = {
    "c-7": Customer("c-7", "Ada Example", "ada@example.com"),
    "c-8": Customer("c-8", "Bert Example", "bert@example.com"),
}


class UnknownCustomer(ToolError):
    pass


@tool("crm.customer")
def customer(id: str) -> Customer:
    if id not in CUSTOMERS:
        raise UnknownCustomer(f"there is no customer {id}")
    return CUSTOMERS[id]


@tool("tickets.open")
def open_ticket(subject: str, customer: str) -> Created:
    return Created(f"T-{once('tickets', subject=subject, customer=customer)}")


@tool("tickets.close")
def close_ticket(id: str, reason: str) -> None:
    with books() as connection:
        connection.execute("update tickets set state = ? where id = ?", (reason, id.removeprefix("T-")))


@tool("mail.send")
def send(to: str, body: str) -> None:
    once("mails", recipient=to, body=body)


@tool("payments.refund")
def refund(customer: str, amount: Decimal) -> Created:
    payment = once("payments", customer=customer, amount=str(amount))
    while os.environ.get("STEADFLOW_DEMO_BANK") == "silent":  # it has paid, and does not say so: see killed_worker.py
        time.sleep(1)
    return Created(f"P-{payment}")


def once(table: str, **columns: str) -> int:
    """The number of the row that this call made, now or at an earlier attempt."""
    row = {"key": current().key, **columns}
    names, holes = ", ".join(row), ", ".join("?" for _ in row)
    with books() as connection:
        connection.execute(
            f"insert into {table} ({names}) values ({holes}) on conflict (key) do nothing", [*row.values()]
        )
        (number,) = connection.execute(f"select id from {table} where key = ?", (row["key"],)).fetchone()
    return int(number)


@contextmanager
def books() -> Iterator[sqlite3.Connection]:
    """One transaction."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "support.db", timeout=30)) as connection, connection:
        connection.executescript(TABLES)
        yield connection


def show() -> None:
    """Every row of every table, without the keys."""
    with books() as connection:
        for table in ("tickets", "mails", "payments"):
            rows = connection.execute(f"select * from {table}")
            names = [column[0] for column in rows.description]
            print(table)
            for row in rows:
                print("  ", *(f"{name}={value!r}" for name, value in zip(names, row, strict=True) if name != "key"))


if __name__ == "__main__":
    show()
