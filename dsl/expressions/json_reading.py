"""Strict JSON text to values: no NaN, ints of 64 bits, finite numbers, no half characters, no key that stands twice."""

import json
import math
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from dsl.expressions.numbers import LARGEST_INT


def parse(text: str) -> Any:
    """The value; raises `ValueError` with the reason when `text` is not strict JSON."""
    value = json.loads(
        text, object_pairs_hook=unique_pairs, parse_constant=_constant, parse_int=_int, parse_float=_number
    )
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def exact(text: str | bytes) -> Any:
    """The same with every digit of a fraction (a `Decimal`), for what may be a `decimal`; whether the rest of it is one
    of our values is for `dsl.values` to say. Raises `ValueError`.
    """
    return json.loads(text, object_pairs_hook=unique_pairs, parse_constant=_constant, parse_float=_exact)


def unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, for `json.loads`. Of a key that stands twice nobody can say which was meant."""
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key in value if counts[key] > 1)
        raise ValueError(f'the key "{twice[:80]}" stands twice in one object')
    return value


def size_of_json(text: str) -> int:
    """In steps, what it takes to read `text`: by its values more than by its characters."""
    return (len(text) >> 4) + text.count(",") + text.count("[") + text.count("{")


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _exact(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError("a number is too large") from None


def _int(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else LARGEST_INT + 1
    if not -LARGEST_INT - 1 <= value <= LARGEST_INT:
        raise ValueError("an int of more than 64 bits")
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number that is too large")
    return value + 0.0  # there is one zero, however it was written
