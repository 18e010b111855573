"""Rows of measurements, and how they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement, in seconds or in `unit`. `beside` is what it is compared with, in the same unit."""

    name: str
    value: float
    beside: float | None = None
    unit: str = "s"


def print_table(title: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    width = max(len(row.name) for row in rows)
    print(f"\n{title}\n")
    for row in rows:
        ratio = f"  {row.value / row.beside:6.2f} x" if row.beside else ""
        shown = _readable(row.value) if row.unit == "s" else f"{row.value:,.0f} {row.unit}"
        print(f"  {row.name:<{width}}  {shown:>14}{ratio}", flush=True)


def _readable(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"
