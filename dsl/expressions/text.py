"""Values as text, for templates and `text()`: what stands in a prompt, a question or a message."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from dsl.expressions.errors import NeedsReference
from dsl.expressions.json_writing import json_text
from dsl.expressions.values import File, Reference, references
from dsl.expressions.wire import decimal_text, duration_text, time_text


def render(value: Any) -> str:
    """A text as it is, null as nothing, a file by its name, lists and records as compact JSON. What is kept elsewhere
    must be looked up."""
    return _RENDER[type(value)](value)


def number_text(value: float) -> str:
    """The shortest text that reads back the same; a whole number without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 10**16 else repr(value)


def _null(value: None) -> str:
    return ""


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _composite(value: Any) -> str:
    needed = references(value)
    if needed:
        raise NeedsReference(needed)
    return json_text(value)


def _reference(value: Reference) -> NoReturn:
    raise NeedsReference((value,))


_RENDER: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    float: number_text,
    Decimal: decimal_text,
    bool: _bool,
    type(None): _null,
    datetime: time_text,
    timedelta: duration_text,
    list: _composite,
    dict: _composite,
    Reference: _reference,
    File: lambda value: str(value.name),
}
