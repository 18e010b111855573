"""Rows of measurements, and how they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement. `beside` is what it is compared with, in the same unit."""

    name: str
    seconds: float
    beside: float | None = None


def print_table(title: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    width = max(len(row.name) for row in rows)
    print(f"\n{title}\n")
    for row in rows:
        ratio = f"  {row.seconds / row.beside:6.2f} x" if row.beside else ""
        print(f"  {row.name:<{width}}  {_readable(row.seconds):>10}{ratio}")


def _readable(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"
