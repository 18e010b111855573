"""Tables and JSON on standard output."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

import click

from dsl.diagnostics.inert import inert, inert_json


def print_json(value: Any) -> None:
    """Dataclasses as objects, moments as RFC 3339."""
    click.echo(inert_json(json.dumps(value, default=_plain, ensure_ascii=False, indent=2)))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell."""
    rows = [[inert(cell) for cell in row] for row in rows]
    widths = [max(_width(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [[word.upper() for word in head], *rows]:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
