"""Large values become references: `{"$ref": "<sha256>", "$size": bytes}` stands in history, the value in the store.

What is stored is the lossless form of `dsl.values.codec`, so that an expression over a stored value still knows a
decimal from a text. Those who get plain JSON (`resolve`) see nothing of that.
"""

import json

from dsl.expressions.values import Reference, Value, substitute
from dsl.expressions.wire import to_wire
from dsl.values.codec import dump, load
from interpreter.boundary.payloads import JSON
from interpreter.stores.store import ObjectStore

LARGE = 64 * 1024
"""A value whose JSON has more bytes than this does not travel through histories."""


def keep_large(store: ObjectStore, value: Value) -> Value:
    """`value`, if it is small; else the large fields of a record as references, or all of it as one reference.

    Raises `TypeError` or `ValueError` for what has no JSON: NaN, half a surrogate pair.
    """
    content = encoded(value)
    if len(content) <= LARGE:
        return value
    if isinstance(value, dict):
        record: Value = {name: _field(store, item) for name, item in value.items()}
        if len(encoded(record)) <= LARGE:
            return record
    return _kept(store, content)


def content_of(store: ObjectStore, reference: Reference) -> Value:
    """The value behind a reference, with no more references in it."""
    value = load(json.loads(store.get(reference.hash)))
    resolved: Value = substitute(value, lambda inner: content_of(store, inner))
    return resolved


def resolve(store: ObjectStore, data: JSON) -> JSON:
    """Plain JSON with every reference in it, however deep, replaced by what it stands for."""
    if is_reference(data):
        return to_wire(content_of(store, Reference(data["$ref"], data["$size"])))
    if isinstance(data, dict):
        return {name: resolve(store, item) for name, item in data.items()}
    if isinstance(data, list):
        return [resolve(store, item) for item in data]
    return data


def is_reference(data: JSON) -> bool:
    return (
        isinstance(data, dict)
        and data.keys() == {"$ref", "$size"}
        and isinstance(data["$ref"], str)
        and isinstance(data["$size"], int)
    )


def holds_reference(data: JSON) -> bool:
    if isinstance(data, dict):
        return is_reference(data) or any(holds_reference(item) for item in data.values())
    return isinstance(data, list) and any(holds_reference(item) for item in data)


def encoded(value: Value) -> bytes:
    return json.dumps(dump(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _field(store: ObjectStore, value: Value) -> Value:
    content = encoded(value)
    return value if len(content) <= LARGE else _kept(store, content)


def _kept(store: ObjectStore, content: bytes) -> Reference:
    return Reference(store.put(content), len(content))
