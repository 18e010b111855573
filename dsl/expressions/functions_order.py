"""Built-in functions that compare the items of a list with each other.

Each takes little more than its list is long. `sort` gives Python the keys as they are where they are all of one kind;
`distinct` compares an item only with those that are like it, since equal values always are.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.equality import CHARACTERS_A_STEP, Charge, equal, ordered
from dsl.expressions.errors import EvaluationError, NeedsReference, refuse
from dsl.expressions.lists import field_of, list_of
from dsl.expressions.operators import mismatch
from dsl.expressions.values import Reference

_ALIKE: tuple[frozenset[type], ...] = (
    frozenset({str}),
    frozenset({int, float}),
    frozenset({int, Decimal}),
    frozenset({datetime}),
    frozenset({timedelta}),
)
"""Kinds that Python puts in the order of the language."""


def smallest(evaluation: Evaluation, items: Any, *more: Any) -> Any:
    """The smallest item of a list, or of two and more arguments."""
    return _extreme("min", -1, items, more, evaluation)


def largest(evaluation: Evaluation, items: Any, *more: Any) -> Any:
    """The largest item of a list, or of two and more arguments."""
    return _extreme("max", 1, items, more, evaluation)


def _extreme(name: str, sign: int, items: Any, more: tuple[Any, ...], evaluation: Evaluation) -> Any:
    candidates = [items, *more] if more else list_of(items, name)
    evaluation.charge(2 * len(candidates))
    if not candidates:
        raise EvaluationError("InvalidArgument", f"`{name}` of an empty list")
    best = candidates[0]
    for candidate in candidates:
        if _compare(candidate, best, evaluation.charge) == sign:
            best = candidate
    return best


def sort(evaluation: Evaluation, items: Any, by: Any = None, descending: Any = False) -> list[Any]:
    """In order; with `by`, by that field of each item. What is equal keeps its place, also when descending."""
    evaluation.charge(len(list_of(items, "sort")))
    if by is not None and type(by) is not str:
        refuse(by, "`sort` takes the name of a field in `by`")
    keys = items if by is None else [field_of(item, by) for item in items]
    order = _order(keys, evaluation)
    return sorted(
        items,
        key=order if by is None else lambda item: order(item[by]),
        reverse=descending is True,
    )


def _order(keys: list[Any], evaluation: Evaluation) -> Callable[[Any], Any]:
    """What Python sorts by in place of the keys; the sorting is paid for as far as it is known before."""
    comparisons = len(keys) * len(keys).bit_length()
    kinds = set(map(type, keys))
    if not any(kinds <= alike for alike in _ALIKE):
        evaluation.charge(5 * comparisons)
        return cmp_to_key(lambda one, other: _compare(one, other, evaluation.charge))
    evaluation.charge(comparisons >> 2)
    if kinds == {str}:
        evaluation.charge(len(keys).bit_length() * (sum(map(len, keys)) >> CHARACTERS_A_STEP))
    return lambda key: key


def distinct(evaluation: Evaluation, items: Any) -> list[Any]:
    """Each value once, where it stands first."""
    list_of(items, "distinct")
    if len(items) < 2:
        return list(items)
    seen: dict[Hashable, list[Any]] = {}
    found: list[Any] = []
    for item in items:
        evaluation.charge(4)
        others = seen.setdefault(_likeness(item, evaluation.charge), [])
        evaluation.charge(len(others))
        if not any(equal(item, other, evaluation.charge) for other in others):
            others.append(item)
            found.append(item)
    return found


def _likeness(value: Any, charge: Charge) -> Hashable:
    """The same for values that are equal, and for few others.

    Numbers of all kinds are as their nearest float, as a text: nobody can write thousands that fall together.
    """
    kind = type(value)
    if kind is str:
        charge(len(value) >> CHARACTERS_A_STEP)
        return str(value)
    if kind is int or kind is float or kind is Decimal:
        return (float(value) + 0.0).hex()
    if kind is list:
        charge(3 * len(value) + 1)
        return tuple([_likeness(item, charge) for item in value])
    if kind is dict:
        charge(4 * len(value) + 1)
        return frozenset([(name, _likeness(item, charge)) for name, item in value.items()])
    if kind is Reference:
        raise NeedsReference((value,))
    like: Hashable = value
    return like


def _compare(left: Any, right: Any, charge: Charge) -> int:
    pair = ordered(left, right, charge)
    if pair is None:
        raise mismatch("<", left, right)
    one, other = pair
    return int(one > other) - int(one < other)
