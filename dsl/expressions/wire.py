"""Values as plain JSON, as tools, people and templates see them. What reads this form back is `dsl.values.validate`.

A reference has no plain form, nor has a file: they stay objects, so that no data can pass for one. What leaves the
process is parted from them by `dsl.values.references`.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.ast.duration import format_duration
from dsl.expressions.values import File, Reference

MILLISECOND = timedelta(milliseconds=1)


def to_wire(value: Any) -> Any:
    """Plain JSON: a decimal as text (`"12.50"`), a time as RFC 3339, a duration as `1h30m`. References and files
    stay what they are."""
    return _WIRE[type(value)](value)


def to_wire_exactly(value: Any) -> Any:
    """The same, but a decimal stays one, for `json_writing.exact_text`."""
    kind = type(value)
    if kind is dict:
        return {name: to_wire_exactly(item) for name, item in value.items()}
    if kind is list:
        return [to_wire_exactly(item) for item in value]
    return value if kind is Decimal else _WIRE[kind](value)


def json_text(value: Any) -> str:
    """Compact JSON of the wire form."""
    return json.dumps(to_wire(value), ensure_ascii=False, separators=(",", ":"), default=told)


def told(value: Any) -> Any:
    """What JSON that is only read says of a file; nothing takes that for one. `json.dumps` calls it."""
    if type(value) is not File:
        raise TypeError(f"a {type(value).__name__} has no form in JSON")
    return {"name": value.name, "media_type": value.media_type, "size": value.size}


def decimal_text(value: Decimal) -> str:
    """Plain digits, never an exponent: `1500`, `12.50`."""
    return format(value, "f")


def time_text(value: datetime) -> str:
    """RFC 3339 in UTC, with as many digits after the second as are needed: `2026-11-21T09:13:00Z`."""
    whole = value.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{whole}{fraction}Z"


def duration_text(value: timedelta) -> str:
    return format_duration(value // MILLISECOND)


def _same(value: Any) -> Any:
    return value


def _list(value: list[Any]) -> Any:
    return [_WIRE[type(item)](item) for item in value]


def _record(value: dict[str, Any]) -> Any:
    return {name: _WIRE[type(item)](item) for name, item in value.items()}


_WIRE: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    int: _same,
    float: _same,
    str: _same,
    Decimal: decimal_text,
    datetime: time_text,
    timedelta: duration_text,
    list: _list,
    dict: _record,
    Reference: _same,
    File: _same,
}
