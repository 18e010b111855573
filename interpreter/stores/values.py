"""Large values become references: `{"$ref": "<sha256>", "$size": bytes}` stands in history, the JSON stands in the store."""

import json

from interpreter.boundary.payloads import JSON
from interpreter.stores.store import ObjectStore

LARGE = 64 * 1024
"""A value whose JSON has more bytes than this does not travel through histories."""


def encoded(value: JSON) -> bytes:
    """Compact JSON. Raises `TypeError` or `ValueError` for what is not JSON: NaN, half a surrogate pair, other objects."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def keep_large(store: ObjectStore, value: JSON) -> JSON:
    """`value`, if it is small; else the large fields of a record as references, or all of it as one reference."""
    content = encoded(value)
    if len(content) <= LARGE:
        return value
    if isinstance(value, dict):
        record = {name: _field(store, item) for name, item in value.items()}
        if len(encoded(record)) <= LARGE:
            return record
    return _kept(store, content)


def resolve(store: ObjectStore, value: JSON) -> JSON:
    """`value` with every reference in it, however deep, replaced by what it stands for."""
    if is_reference(value):
        return resolve(store, json.loads(store.get(value["$ref"])))
    if isinstance(value, dict):
        return {name: resolve(store, item) for name, item in value.items()}
    if isinstance(value, list):
        return [resolve(store, item) for item in value]
    return value


def is_reference(value: JSON) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"$ref", "$size"}
        and isinstance(value["$ref"], str)
        and isinstance(value["$size"], int)
    )


def holds_reference(value: JSON) -> bool:
    if isinstance(value, dict):
        return is_reference(value) or any(holds_reference(item) for item in value.values())
    return isinstance(value, list) and any(holds_reference(item) for item in value)


def _field(store: ObjectStore, value: JSON) -> JSON:
    content = encoded(value)
    return value if len(content) <= LARGE else _kept(store, content)


def _kept(store: ObjectStore, content: bytes) -> JSON:
    return {"$ref": store.put(content), "$size": len(content)}
