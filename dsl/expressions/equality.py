"""Equality and order. `==` is defined for any two values; order among numbers, among texts, times, durations.

`true` is not 1. Numbers of different kinds compare by value; a decimal beside a number is taken as the nearest number,
so that `x == 0.1` holds where x is 0.1. A reference is never null; anything else about it must be looked up.

To compare is work: it is charged as it is done, by the items of what is compared and the length of texts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any, TypeAlias

from dsl.expressions.errors import NeedsReference
from dsl.expressions.values import File, Reference

Charge: TypeAlias = Callable[[int], None]

CHARACTERS_A_STEP = 6
"""As a power of two: how much text is compared or copied in a step."""

_PLAIN = frozenset({int, Decimal, bool, float, datetime, timedelta, type(None)})
_NUMBERS = frozenset({int, float, Decimal})
_COMPARABLE = frozenset(
    {(left, right) for left in _NUMBERS for right in _NUMBERS} | {(kind, kind) for kind in (str, datetime, timedelta)}
) - {(float, Decimal), (Decimal, float)}


def free(steps: int) -> None:
    """Where nothing counts the work."""


def equal(left: Any, right: Any, charge: Charge = free) -> bool:
    kind = type(left)
    if kind is type(right):
        return bool(left == right) if kind in _PLAIN else _COMPOSITE[kind](left, right, charge)
    return _mixed(left, right)


def ordered(left: Any, right: Any, charge: Charge = free) -> tuple[Any, Any] | None:
    """The two as Python can compare them, or None when they have no order."""
    if type(left) is str and type(right) is str:
        charge(min(len(left), len(right)) >> CHARACTERS_A_STEP)
        return left, right
    if (type(left), type(right)) in _COMPARABLE:
        return left, right
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return _numbers(left, right)
    return None


def _mixed(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    kinds = {type(left), type(right)}
    if Reference in kinds:
        raise NeedsReference(tuple(side for side in (left, right) if type(side) is Reference))
    if kinds <= _NUMBERS:
        one, other = _numbers(left, right)
        return bool(one == other)
    return False


def _numbers(left: Any, right: Any) -> tuple[Any, Any]:
    """Python compares int with the others exactly; a decimal beside a number becomes a number."""
    if type(left) is float and type(right) is Decimal:
        return left, float(right)
    if type(left) is Decimal and type(right) is float:
        return float(left), right
    return left, right


def _texts(left: str, right: str, charge: Charge) -> bool:
    if len(left) != len(right):
        return False
    charge(len(left) >> CHARACTERS_A_STEP)
    return left == right


def _lists(left: list[Any], right: list[Any], charge: Charge) -> bool:
    if len(left) != len(right):
        return False
    charge(len(left) + 2)
    return all(map(equal, left, right, repeat(charge)))


def _records(left: dict[str, Any], right: dict[str, Any], charge: Charge) -> bool:
    """The order of fields does not count."""
    if len(left) != len(right):
        return False
    charge(2 * len(left) + 2)
    return left.keys() == right.keys() and all(equal(value, right[name], charge) for name, value in left.items())


def _references(left: Reference, right: Reference, charge: Charge) -> bool:
    """Equal content is equal; different content may still be, as `1` and `1.0` are."""
    if left.hash == right.hash:
        return True
    raise NeedsReference((left, right))


_COMPOSITE: dict[type, Callable[[Any, Any, Charge], bool]] = {
    str: _texts,
    list: _lists,
    dict: _records,
    Reference: _references,
    File: lambda left, right, charge: bool(left.hash == right.hash),
}
