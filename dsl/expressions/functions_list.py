"""Built-in functions on lists, maps and outcomes."""

from collections.abc import Callable, Iterable
from functools import cmp_to_key
from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.equality import Charge, equal, ordered
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.operators import OPERATORS, mismatch

LONGEST_RANGE = 100_000


def length(evaluation: Evaluation, value: Any) -> int:
    kind = type(value)
    if kind is list or kind is str or kind is dict:
        return len(value)
    refuse(value, "`len` needs a list, a map or a text")


def first(evaluation: Evaluation, items: Any, count: Any = None) -> Any:
    """The first item (null when there is none), or the first `count` items."""
    _list(items, "first")
    if count is None:
        return items[0] if items else None
    return _part(items[: _count(count, "first")], evaluation)


def last(evaluation: Evaluation, items: Any, count: Any = None) -> Any:
    """The last item (null when there is none), or the last `count` items."""
    _list(items, "last")
    if count is None:
        return items[-1] if items else None
    return _part(items[len(items) - min(_count(count, "last"), len(items)) :], evaluation)


def total(evaluation: Evaluation, items: Any) -> Any:
    """The sum; 0 of an empty list."""
    evaluation.charge(3 * len(_list(items, "sum")))
    if not items:
        return 0
    add = OPERATORS["+"]
    result = items[0]
    if type(result) in (str, list, dict):
        refuse(result, "`sum` needs numbers or durations")
    for item in items[1:]:
        result = add(result, item, evaluation)
    return result


def smallest(evaluation: Evaluation, items: Any, *more: Any) -> Any:
    """The smallest item of a list, or of two and more arguments."""
    return _extreme("min", -1, items, more, evaluation)


def largest(evaluation: Evaluation, items: Any, *more: Any) -> Any:
    """The largest item of a list, or of two and more arguments."""
    return _extreme("max", 1, items, more, evaluation)


def _extreme(name: str, sign: int, items: Any, more: tuple[Any, ...], evaluation: Evaluation) -> Any:
    candidates = [items, *more] if more else _list(items, name)
    evaluation.charge(2 * len(candidates))
    if not candidates:
        raise EvaluationError("InvalidArgument", f"`{name}` of an empty list")
    best = candidates[0]
    for candidate in candidates:
        if _compare(candidate, best, evaluation.charge) == sign:
            best = candidate
    return best


def keys(evaluation: Evaluation, value: Any) -> list[Any]:
    return _part(list(_record(value, "keys")), evaluation)


def values(evaluation: Evaluation, value: Any) -> list[Any]:
    return _part(list(_record(value, "values").values()), evaluation)


def sort(evaluation: Evaluation, items: Any, by: Any = None, descending: Any = False) -> list[Any]:
    """In order; with `by`, by that field of each item. What is equal keeps its place, also when descending."""
    _list(items, "sort")
    evaluation.charge(2 * len(items) * len(items).bit_length())
    if by is not None and type(by) is not str:
        refuse(by, "`sort` takes the name of a field in `by`")
    order: Callable[[Any], Any] = cmp_to_key(lambda one, other: _compare(one, other, evaluation.charge))
    return sorted(
        items,
        key=order if by is None else lambda item: order(_field(item, by)),
        reverse=descending is True,
    )


def reverse(evaluation: Evaluation, items: Any) -> list[Any]:
    return _part(_list(items, "reverse")[::-1], evaluation)


def distinct(evaluation: Evaluation, items: Any) -> list[Any]:
    """Each value once, where it stands first."""
    found: list[Any] = []
    for item in _list(items, "distinct"):
        evaluation.charge(3 * len(found) + 1)
        if not any(equal(item, other, evaluation.charge) for other in found):
            found.append(item)
    return found


def flatten(evaluation: Evaluation, items: Any) -> list[Any]:
    """The items of the lists in a list."""
    return _part([item for part in _list(items, "flatten") for item in _list(part, "flatten")], evaluation)


def range_of(evaluation: Evaluation, start: Any, stop: Any = None) -> list[int]:
    """`range(3)` is `[0, 1, 2]`, `range(1, 3)` is `[1, 2]`."""
    low, high = (0, start) if stop is None else (start, stop)
    for bound in (low, high):
        if type(bound) is not int:
            refuse(bound, "`range` needs an int")
    if high - low > LONGEST_RANGE:
        raise EvaluationError("LimitExceeded", f"`range` makes at most {LONGEST_RANGE} items")
    return _part(list(range(low, high)), evaluation)


def zip_of(evaluation: Evaluation, left: Any, right: Any) -> list[Any]:
    """Records `{ left, right }` of the items at the same place; the shorter list decides."""
    pairs = zip(_list(left, "zip"), _list(right, "zip"), strict=False)
    return _part([{"left": one, "right": other} for one, other in pairs], evaluation)


def succeeded(evaluation: Evaluation, outcomes: Any) -> list[Any]:
    """The values of the outcomes that are ok."""
    return _part([_field(item, "value") for item in _outcomes(outcomes, "succeeded") if item["ok"]], evaluation)


def failed(evaluation: Evaluation, outcomes: Any) -> list[Any]:
    """The errors of the outcomes that are not ok."""
    return _part([_field(item, "error") for item in _outcomes(outcomes, "failed") if not item["ok"]], evaluation)


def _outcomes(outcomes: Any, name: str) -> Iterable[dict[str, Any]]:
    for item in _list(outcomes, name):
        if type(_field(item, "ok")) is not bool:
            raise EvaluationError("TypeMismatch", f"`{name}` needs a list of outcomes")
        yield item


def _compare(left: Any, right: Any, charge: Charge) -> int:
    pair = ordered(left, right, charge)
    if pair is None:
        raise mismatch("<", left, right)
    one, other = pair
    return int(one > other) - int(one < other)


def _field(item: Any, name: str) -> Any:
    if type(item) is dict and name in item:
        return item[name]
    if type(item) is dict:
        raise EvaluationError("NotFound", f"there is no field `{name}`")
    refuse(item, f"the field `{name}` needs a record")


def _count(count: Any, name: str) -> int:
    if type(count) is not int:
        refuse(count, f"`{name}` counts in ints")
    if count < 0:
        raise EvaluationError("InvalidArgument", f"`{name}` cannot take {count} items")
    return count


def _part(items: list[Any], evaluation: Evaluation) -> list[Any]:
    evaluation.charge(len(items))
    return items


def _list(value: Any, name: str) -> list[Any]:
    if type(value) is list:
        return value
    refuse(value, f"`{name}` needs a list")


def _record(value: Any, name: str) -> dict[str, Any]:
    if type(value) is dict:
        return value
    refuse(value, f"`{name}` needs a map or a record")
