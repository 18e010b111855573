"""Ledgers that are too long to travel, for who reads or starts a run: see `interpreter.boundary.ledgers`."""

import json

from interpreter.boundary.ledgers import LARGEST_LEDGER, digest_of, row_of
from interpreter.boundary.payloads import JSON
from interpreter.stores.store import ObjectStore, read


def entries(store: ObjectStore, ledger: list[JSON] | None) -> list[JSON]:
    """The entries of a ledger that came with a run's end. Raises `StoreError`."""
    digest = digest_of(ledger)
    if digest is None:
        return ledger or []
    found: list[JSON] = json.loads(read(store, digest))
    return found


def as_it_travels(store: ObjectStore, ledger: list[JSON]) -> list[JSON]:
    """`ledger`, or what stands for it once it lies in the store. Raises `StoreError`."""
    content = json.dumps(ledger, ensure_ascii=False, separators=(",", ":")).encode()
    return ledger if len(content) <= LARGEST_LEDGER else row_of(store.put(content), len(content))
