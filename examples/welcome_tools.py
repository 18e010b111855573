"""The tools of lib/customers.flow and lib/letters.flow, for welcome.flow; letters go to a file, `welcome.db`."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interpreter.api import ToolError, current, tool


@dataclass(frozen=True)
class Customer:
    id: str
    name: str
    email: str
    plan: Literal["free", "paid"]


@dataclass(frozen=True)
class Sent:
    number: str


class UnknownCustomer(ToolError):
    pass


KNOWN = {
    "c-7": Customer("c-7", "Ada Lovelace", "ada@example.com", "paid"),
    "c-8": Customer("c-8", "Charles Babbage", "charles@example.com", "free"),
}


@tool("customers.find")
def find(id: str) -> Customer:
    if id not in KNOWN:
        raise UnknownCustomer(f"there is no customer {id}")
    return KNOWN[id]


@tool("letters.send")
def send(to: str, body: str) -> Sent:
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR") or Path(__file__).parent)
    with closing(sqlite3.connect(folder / "welcome.db", timeout=30)) as books, books:
        books.execute("create table if not exists letters (number integer primary key, key unique, address, body)")
        books.execute("insert or ignore into letters (key, address, body) values (?, ?, ?)", (current().key, to, body))
        row = books.execute("select number from letters where key = ?", (current().key,)).fetchone()
    return Sent(f"L-{row[0]}")
