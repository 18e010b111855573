"""The constraints of a field: `at least`, `at most`, `matches`.

They bound the value of a number, the length of a text in characters, the count of a list or map, and the
bytes of a file, whose media type is what a pattern is for.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dsl.ast.types import Field
from dsl.expressions.values import File
from dsl.values.checking import Checking
from dsl.values.patterns import matches
from dsl.values.problems import Place, shown

_MEASURES: dict[type, tuple[Callable[[Any], Any], str]] = {
    int: (Decimal, ""),
    float: (lambda value: Decimal(repr(value)), ""),
    Decimal: (Decimal, ""),
    str: (len, " characters"),
    list: (len, " items"),
    dict: (len, " entries"),
    File: (lambda file: file.size, " bytes"),
}


def check_bounds(value: Any, field: Field, place: Place, checking: Checking) -> None:
    """The bounds of `field` on a value that is of its type; null has none."""
    if field.at_least is not None or field.at_most is not None:
        _check_size(value, field, place, checking)
    if field.matches is not None and type(value) is str and not matches(field.matches, value):
        checking.problem(place, f"{shown(value)} does not match {field.matches}")
    if field.matches is not None and type(value) is File and not matches(field.matches, value.media_type):
        checking.problem(place, f"this file is {value.media_type}, which does not match {field.matches}")


def _check_size(value: Any, field: Field, place: Place, checking: Checking) -> None:
    measured = _MEASURES.get(type(value))
    if measured is None:
        return
    measure, unit = measured
    size = measure(value)
    if field.at_least is not None and size < field.at_least:
        checking.problem(place, f"at least {field.at_least:f}{_counted(field.at_least, unit)} required, not {size}")
    if field.at_most is not None and size > field.at_most:
        checking.problem(place, f"at most {field.at_most:f}{_counted(field.at_most, unit)} allowed, not {size}")


def _counted(bound: Decimal, unit: str) -> str:
    """` 3 characters are`, ` 1 item is`; a number itself `is`."""
    if not unit:
        return " is"
    one = {" entries": " entry"}.get(unit, unit.removesuffix("s"))
    return f"{one} is" if bound == 1 else f"{unit} are"
