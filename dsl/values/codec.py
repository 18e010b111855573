"""Values as JSON that loses nothing, for the state of a run: what JSON has no word for is an object with one tag.

`{"$decimal": "1.50"}`, `{"$time": "…Z"}`, `{"$duration": 5400000}`, `{"$ref": "…", "$size": 9}`, `{"$file": "…", …}`. A
key of the value itself that begins with `$` gets one more, so that no data can pass for a tag.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.expressions.values import File, Reference
from dsl.expressions.wire import MILLISECOND, time_text


def dump(value: Any) -> Any:
    """JSON from which `load` gives the same value back."""
    return _DUMP[type(value)](value)


def load(data: Any) -> Any:
    """The value that `dump` was given."""
    kind = type(data)
    if kind is dict:
        return _load_object(data)
    if kind is list:
        return [load(item) for item in data]
    return float(data) if kind is Decimal else data


def encoded(value: Any) -> bytes:
    """The bytes of `dump(value)`. Raises `TypeError` or `ValueError` for what has no JSON: NaN, half a character."""
    return json.dumps(dump(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def encoded_record(contents: dict[str, bytes]) -> bytes:
    """The bytes of a record, from those of its fields."""
    names = (json.dumps(_escaped(name), ensure_ascii=False).encode() for name in contents)
    return b"{" + b",".join(b":".join(field) for field in zip(names, contents.values(), strict=True)) + b"}"


def stretch(items: Iterable[Any], most_bytes: int) -> list[Any]:
    """The first of `items`, at least one where there is one, as many as have `most_bytes` together as a list."""
    taken: list[Any] = []
    left = most_bytes - len("[]")
    for item in items:
        left -= len(encoded(item)) + (1 if taken else 0)
        if taken and left < 0:
            break
        taken.append(item)
    return taken


def _same(value: Any) -> Any:
    return value


def _dump_list(value: list[Any]) -> Any:
    return [_DUMP[type(item)](item) for item in value]


def _dump_record(value: dict[str, Any]) -> Any:
    return {_escaped(name): _DUMP[type(item)](item) for name, item in value.items()}


def _dump_file(value: File) -> dict[str, Any]:
    told = {"$file": value.hash, "$size": value.size, "$name": value.name, "$media_type": value.media_type}
    return told if value.measured is None else {**told, "$measured": [*value.measured]}


def _pair(measured: Any) -> tuple[int, int] | None:
    return None if measured is None else (measured[0], measured[1])


def _escaped(name: str) -> str:
    return "$" + name if name.startswith("$") else name


_DUMP: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    int: _same,
    float: _same,
    str: _same,
    Decimal: lambda value: {"$decimal": str(value)},
    datetime: lambda value: {"$time": time_text(value)},
    timedelta: lambda value: {"$duration": value // MILLISECOND},
    Reference: lambda value: {"$ref": value.hash, "$size": value.size},
    File: _dump_file,
    list: _dump_list,
    dict: _dump_record,
}


def _load_object(data: dict[str, Any]) -> Any:
    for tag in data:
        loader = _LOAD.get(tag)
        if loader is not None:
            return loader(data)
    return {name.removeprefix("$"): load(item) for name, item in data.items()}


_LOAD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "$decimal": lambda data: Decimal(data["$decimal"]),
    "$time": lambda data: datetime.fromisoformat(data["$time"]).astimezone(UTC),
    "$duration": lambda data: timedelta(milliseconds=data["$duration"]),
    "$file": lambda data: File(
        *(data["$file"], data["$size"], data["$name"], data["$media_type"]), _pair(data.get("$measured"))
    ),
    "$ref": lambda data: Reference(data["$ref"], data["$size"]),
}
