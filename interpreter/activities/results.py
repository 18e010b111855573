"""A tool's result as plain JSON, and small enough to be recorded.

The wrapper serialises and measures by itself: a result that fails to be recorded later would be taken for a failed
attempt, and a write would run again.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from dsl.expressions.json_writing import exact_text, has_decimal
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire, to_wire_exactly
from dsl.values.references import parted, shown
from interpreter.boundary.names import REFERENCES, UNSEEN
from interpreter.stores.kept_files import File, keep
from interpreter.stores.store import ObjectStore
from interpreter.stores.values import keep_large

LARGEST_RESULT = 2_000_000
"""Bytes. Temporal refuses payloads over 2 MiB; the rest is room for what a codec adds."""

_EXACT: tuple[tuple[type, Callable[[Any], Value]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
)
"""Texts and numbers of libraries are often classes of their own; a value is exactly what the language knows."""

_SHORT = 10_000
_SHORT_INT = 64
"""Bits of a number that is no question of size."""
_AS_IT_IS = (bool, type(None))
_PLAIN = (bool, int, float, str, Decimal, timedelta, type(None))


class Unrecordable(ValueError):
    """The call happened, but its result cannot be put on record."""


def plain(value: Any, store: ObjectStore | None = None) -> Value:
    """What a Python function returns as a value of the language: dataclasses and models become records, and files go
    to the store."""
    if type(value) in _PLAIN:
        return cast(Value, value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, File):
        return _kept(value, store)
    if isinstance(value, Enum):
        return plain(value.value, store)
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name), store) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), store) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(name): plain(item, store) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, store) for item in value]
    for kind, exact in _EXACT:
        if isinstance(value, kind):
            return exact(value)
    raise Unrecordable(f"a {type(value).__name__} has no form in JSON")


def is_scalar(value: object) -> bool:
    """Whether a result is looked at in no time, by nothing that the author wrote, and stays out of the store."""
    return type(value) in _PLAIN and (type(value) is not str or len(value) < _SHORT)


def recordable(value: Value, store: ObjectStore | None, *, exactly: bool = False) -> Any:
    """`value` as it may stand in history: plain JSON, large parts of it in the store. Raises `Unrecordable`.

    `exactly`: nobody here knows whether a decimal is declared or stands in `json`, so it is written as a number with
    all its digits, which is right for both.
    """
    if type(value) in _AS_IT_IS or (type(value) is int and value.bit_length() < _SHORT_INT):
        return value
    wire = _wire(value, store, exactly=exactly)
    size = len(json.dumps(shown(wire), separators=(",", ":"), default=str))
    if size > LARGEST_RESULT:
        raise Unrecordable(f"the result has {size} bytes; without a store a result has at most {LARGEST_RESULT}")
    return answered(wire)


def answered(wire: Any, *, seen: bool = False) -> Any:
    """What an activity returns: plain JSON, and what of it is a reference in the metadata of its payload. `seen`: it
    was held against the declared type.
    """
    data, references = parted(wire)
    if not references and not has_decimal(data):
        return data
    payload = Payload(metadata={"encoding": b"json/plain"}, data=exact_text(data).encode())
    if references:
        payload.metadata[REFERENCES] = json.dumps(references).encode()
        payload.metadata.update({} if seen else {UNSEEN: b"1"})
    return RawValue(payload)


def _wire(value: Value, store: ObjectStore | None, *, exactly: bool) -> Any:
    try:
        kept = keep_large(store, value) if store is not None else value
        wire = to_wire_exactly(kept) if exactly else to_wire(kept)
        exact_text(shown(wire)).encode()
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unrecordable(f"this is not JSON: {error}") from error
    return wire


def _kept(file: File, store: ObjectStore | None) -> Value:
    if store is None:
        raise Unrecordable(f"{file.name} is a file, and this worker has no store")
    try:
        return keep(store, file)
    except Exception as error:  # a store may be anybody's, and fail in any way
        raise Unrecordable(f"{file.name} cannot be kept: {type(error).__name__}: {error}") from error


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Unrecordable(f"the time {value} has no time zone")
    return value.astimezone(UTC)


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise Unrecordable(f"the key {name!r} is not a text")
    return name
