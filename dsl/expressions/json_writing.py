"""JSON text of values whose decimals are written as numbers, with all their digits; `json_reading.exact` reads it back.

For what may be declared `decimal` as well as `json` where it arrives: a `decimal` takes the number digit by digit, in
`json` it is a number. Written as text, as a declared decimal travels otherwise, it would be a text in `json`.
"""

import json
from decimal import Decimal
from typing import Any

from dsl.expressions.values import File
from dsl.expressions.wire import decimal_text, to_wire_exactly, told


def json_text(value: Any) -> str:
    """A value as it is taken for `json`, with the digits of its decimals: what `json_text(…)` and templates write."""
    return exact_text(to_wire_exactly(value))


def exact_text(data: Any) -> str:
    """Compact. Raises `ValueError` for what is no number."""
    try:
        return _text(data)
    except TypeError:  # of a decimal; most values have none
        return _piece(data)


def _piece(data: Any) -> str:
    kind = type(data)
    if kind is dict:
        return "{" + ",".join(f"{_text(name)}:{_piece(item)}" for name, item in data.items()) + "}"
    if kind is list:
        return "[" + ",".join(map(_piece, data)) + "]"
    if kind is File:
        return _text(told(data))
    if kind is not Decimal:
        return _text(data)
    if not data.is_finite():
        raise ValueError(f"{data} is no number")
    return decimal_text(data)


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def has_decimal(data: Any) -> bool:
    kind = type(data)
    if kind is dict:
        return any(map(has_decimal, data.values()))
    return any(map(has_decimal, data)) if kind is list else kind is Decimal
