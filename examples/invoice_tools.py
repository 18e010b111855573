"""Tools of `invoice.flow`: an archive of pictures, and a slip for each."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from os import environ
from pathlib import Path

from interpreter.api import File, current, tool


@dataclass
class Invoice:
    number: str
    supplier: str
    total: Decimal


@dataclass
class Kept:
    id: str
    slip: File


@tool("archive.keep")
def keep(scan: File, invoice: Invoice) -> Kept:
    folder = Path(environ.get("STEADFLOW_DEMO_DIR", Path(__file__).parent))
    with closing(sqlite3.connect(folder / "archive.sqlite")) as archive, archive:
        archive.execute("create table if not exists scans (key text primary key, number text, type text, content blob)")
        row = (current().key, invoice.number, scan.media_type, scan.bytes())
        archive.execute("insert or ignore into scans values (?, ?, ?, ?)", row)
    slip = f"{invoice.number} of {invoice.supplier}: {invoice.total}\nseen on {scan.name}\n"
    return Kept(id=f"a-{invoice.number}", slip=File(slip.encode(), f"{invoice.number}.txt"))
