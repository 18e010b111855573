"""Tools of `clinic.flow`: one patient, and the mails that were sent in a file."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from interpreter.api import current, tool

PATIENTS = {
    "p-1": {
        "name": "Ida Berg",
        "email": "ida@example.com",
        "born": "1979-04-02",
        "card": "4929 1234 5678 9012",
        "complaint": "sees double since Monday",
    }
}


@tool("records.find")
def find(id: str) -> dict[str, str]:
    return PATIENTS[id]


@tool("records.note")
def note(id: str, text: str) -> None:
    """A hospital would keep it."""


@tool("guidelines.search")
def search(query: str) -> list[str]:
    return ["Sudden double vision: examine on the same day."]


@tool("desk.book")
def book(ward: str, name: str) -> dict[str, str]:
    return {"at": f"{ward}, 9:00"}


@tool("bills.open")
def open_bill(card: str, of: str) -> dict[str, str]:
    return {"number": "B-1"}


@tool("mail.send")
def send(to: str, body: str) -> None:
    """A key that was seen before sends nothing more."""
    folder = Path(os.environ.get("STEADFLOW_DEMO_DIR", Path(__file__).parent))
    with closing(sqlite3.connect(folder / "clinic.db")) as post, post:
        post.execute('create table if not exists mails ("key" text primary key, "to" text, body text)')
        values: tuple[Any, ...] = (current().key, to, body)
        post.execute("insert or ignore into mails values (?, ?, ?)", values)
