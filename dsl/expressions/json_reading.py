"""Strict JSON text to values: no NaN, ints of 64 bits, fractions as finite numbers, no half characters."""

import json
import math
from typing import Any, NoReturn

from dsl.expressions.numbers import LARGEST_INT


def parse(text: str) -> Any:
    """The value; raises `ValueError` with the reason when `text` is not strict JSON."""
    value = json.loads(text, parse_constant=_constant, parse_int=_int, parse_float=_number)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def size_of_json(text: str) -> int:
    """In steps, what it takes to read `text`: by its values more than by its characters."""
    return (len(text) >> 4) + text.count(",") + text.count("[") + text.count("{")


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _int(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else LARGEST_INT + 1
    if not -LARGEST_INT - 1 <= value <= LARGEST_INT:
        raise ValueError("an int of more than 64 bits")
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number that is too large")
    return value
