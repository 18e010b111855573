"""Large values become references: hash and size travel, beside the data, and the value lies in the store.

What is stored is the lossless form of `dsl.values.codec`, so that an expression over a stored value still knows a
decimal from a text. Those who get plain JSON (`resolve`) see nothing of that.
"""

import json
from collections.abc import Callable
from typing import Any

from dsl.expressions.values import File, Reference, Value, replaced, substitute
from dsl.expressions.wire import to_wire, told
from dsl.values.codec import encoded, encoded_record, load
from dsl.values.references import joined
from interpreter.boundary.payloads import JSON, References
from interpreter.stores.store import ObjectStore, read

LARGE = 64 * 1024
"""A value whose JSON has more bytes than this does not travel through histories."""


def keep_large(store: ObjectStore, value: Value) -> Value:
    """`value`, if it is small; else the large fields of a record as references, or all of it as one reference.

    Raises `TypeError` or `ValueError` for what has no JSON: NaN, half a surrogate pair.
    """
    if isinstance(value, dict):
        return _record(store, value)
    content = encoded(value)
    return value if len(content) <= LARGE else _kept(store, content)


def content_of(store: ObjectStore, reference: Reference) -> Value:
    """The value behind a reference, with no more references in it. Raises `StoreError`, and nothing else."""
    value = load(json.loads(read(store, reference.hash)))
    resolved: Value = substitute(value, lambda inner: content_of(store, inner))
    return resolved


def resolve(store: ObjectStore, data: JSON, references: References, file: Callable[[File], Any] = told) -> JSON:
    """Plain JSON with each of its references replaced by what it stands for, and each file by what `file` gives."""
    if not references:
        return data
    whole = to_wire(substitute(joined(data, references), lambda reference: content_of(store, reference)))
    return replaced(whole, File, file)


def _record(store: ObjectStore, value: dict[str, Value]) -> Value:
    """Each field is encoded once: that takes as long as all else that is done with a large value."""
    contents = {name: encoded(item) for name, item in value.items()}
    whole = encoded_record(contents)
    if len(whole) <= LARGE:
        return value
    record: Value = {
        name: item if len(contents[name]) <= LARGE else _kept(store, contents[name]) for name, item in value.items()
    }
    return record if len(encoded(record)) <= LARGE else _kept(store, whole)


def _kept(store: ObjectStore, content: bytes) -> Reference:
    return Reference(store.put(content), len(content))
