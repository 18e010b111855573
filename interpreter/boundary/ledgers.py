"""A ledger that is too long to travel lies in the store. In its place stands one row, which says where; no entry of a
ledger looks like it.
"""

import re
from collections.abc import Iterator
from typing import Any

KEPT = "KeptLedger"
LARGEST_LEDGER = 64 * 1024
"""Bytes of a ledger that travels with the input of a repair, or out of an activity."""

_ROW = re.compile(rb'\{"\$type": ?"KeptLedger", ?"kept": ?"([0-9a-f]{64})"')


def row_of(digest: str, size: int) -> list[Any]:
    """What stands for the ledger that lies under `digest`."""
    return [{"$type": KEPT, "kept": digest, "size": size}]


def digest_of(ledger: list[Any] | None) -> str | None:
    """Where the ledger lies; None when these are its entries."""
    match ledger:
        case [{"$type": "KeptLedger", "kept": str(digest)}]:
            return digest
        case _:
            return None


def named_in(payload: bytes) -> Iterator[str]:
    """Where the ledgers lie that some JSON speaks of. Other data may look so, and costs a read."""
    if KEPT.encode() in payload:
        yield from (found.decode() for found in _ROW.findall(payload))
