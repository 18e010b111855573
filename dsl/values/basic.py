"""The basic types: from plain JSON, or from a value that is already decoded, to the value a flow computes with."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from dsl.ast.duration import LONGEST, parse_duration
from dsl.expressions.numbers import ARITHMETIC, LARGEST_INT, parse_decimal
from dsl.expressions.values import File, Reference
from dsl.expressions.wire import MILLISECOND, duration_text, time_text
from dsl.regex import regex
from dsl.values.checking import MOST_DEPTH, Checking
from dsl.values.problems import Place, inside

Decoder: TypeAlias = Callable[[Any, Place | None, Checking], Any]

_TIME = regex(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _text(value: Any, place: Place | None, checking: Checking) -> Any:
    if type(value) is not str:
        checking.unfit(place, "text", value)
    elif not (value.isascii() or _is_unicode(value)):
        checking.problem(place, "this text holds half of a character (a lone surrogate)")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bool(value: Any, place: Place | None, checking: Checking) -> Any:
    if type(value) is not bool:
        checking.unfit(place, "true or false", value)
    return value


def _int(value: Any, place: Place | None, checking: Checking) -> Any:
    kind = type(value)
    if kind is not int:
        whole = kind in (float, Decimal) and math.isfinite(value) and abs(value) <= LARGEST_INT and value == int(value)
        if not whole:
            checking.unfit(place, "an int", value)
            return value
        value = int(value)
    if not -LARGEST_INT - 1 <= value <= LARGEST_INT:
        checking.problem(place, "an int has at most 64 bits")
    return value


def _number(value: Any, place: Place | None, checking: Checking) -> Any:
    if type(value) not in (int, float, Decimal):
        checking.unfit(place, "a number", value)
        return value
    number = _finite(value)
    if number is None:
        checking.problem(place, "this number is too large" if value == value else "NaN is no number")
    return number


def _finite(value: int | float | Decimal) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number + 0.0 if math.isfinite(number) else None


def _decimal(value: Any, place: Place | None, checking: Checking) -> Any:
    kind = type(value)
    if kind is Decimal:
        fits = value.is_finite() and ARITHMETIC.create_decimal(value) == value
        decimal = (value or value.copy_abs()) if fits else None  # there is one zero, however it was written
    elif kind in (str, int, float):
        decimal = parse_decimal(str(value))
    else:
        decimal = None
    if decimal is None:
        checking.unfit(place, "a decimal of at most 34 digits", value)
    return decimal


def _time(value: Any, place: Place | None, checking: Checking) -> Any:
    moment = _moment(value) if type(value) is str else value
    if type(moment) is not datetime or moment.tzinfo is None:
        checking.unfit(place, "a time such as 2026-11-21T09:13:00Z", value)
        return value
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        checking.problem(place, "this time is beyond the calendar")
        return value


def _moment(text: str) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        return datetime.fromisoformat(
            f"{day}T{clock}{(fraction or '')[:7].ljust(7, '0') if fraction else ''}{zone.upper()}"
        )
    except ValueError:
        return None


def _duration(value: Any, place: Place | None, checking: Checking) -> Any:
    if type(value) is timedelta:
        milliseconds: int | None = value // MILLISECOND
    else:
        milliseconds = parse_duration(value) if type(value) is str else None
    if milliseconds is None or abs(milliseconds) > LONGEST:
        checking.unfit(place, "a duration such as 1h30m", value)
        return value
    return timedelta(milliseconds=milliseconds)


def _file(value: Any, place: Place | None, checking: Checking) -> Any:
    """Only what is a file already: no data becomes one."""
    if type(value) is not File:
        checking.unfit(place, "a file", value)
    return value


def _json(value: Any, place: Place | None, checking: Checking) -> Any:
    """Any JSON. Its fractions are numbers; what a flow puts in takes the form that it has on the wire."""
    decode = _JSON.get(type(value))
    if decode is None:
        checking.unfit(place, "JSON", value)
        return None
    if place is not None and place[2] > MOST_DEPTH:
        checking.problem(None, f"this value is nested more than {MOST_DEPTH} deep")
        return None
    return decode(value, place, checking)


def _json_list(value: list[Any], place: Place | None, checking: Checking) -> Any:
    return [_json(item, inside(place, position), checking) for position, item in enumerate(value)]


def _json_object(value: dict[Any, Any], place: Place | None, checking: Checking) -> Any:
    if not all(map(_is_key, value)):
        checking.problem(place, "the keys of an object are texts")
        return None
    return {name: _json(item, inside(place, name), checking) for name, item in value.items()}


def _is_key(name: Any) -> bool:
    return type(name) is str and (name.isascii() or _is_unicode(name))


def _same(value: Any, place: Place | None, checking: Checking) -> Any:
    return value


_JSON: dict[type, Decoder] = {
    type(None): _same,
    bool: _same,
    Reference: _same,
    str: _text,
    int: _int,
    float: _number,
    Decimal: _number,
    datetime: lambda value, place, checking: time_text(value),
    timedelta: lambda value, place, checking: duration_text(value),
    list: _json_list,
    dict: _json_object,
}

DECODERS: dict[str, Decoder] = {
    "text": _text,
    "int": _int,
    "number": _number,
    "decimal": _decimal,
    "bool": _bool,
    "time": _time,
    "duration": _duration,
    "file": _file,
    "json": _json,
}
