"""Built-in functions on lists, maps and outcomes."""

from collections.abc import Iterable
from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.lists import count_of, field_of, list_of
from dsl.expressions.operators import OPERATORS

LONGEST_RANGE = 100_000


def length(evaluation: Evaluation, value: Any) -> int:
    kind = type(value)
    if kind is list or kind is str or kind is dict:
        return len(value)
    refuse(value, "`len` needs a list, a map or a text")


def first(evaluation: Evaluation, items: Any, count: Any = None) -> Any:
    """The first item (null when there is none), or the first `count` items."""
    list_of(items, "first")
    if count is None:
        return items[0] if items else None
    return _part(items[: count_of(count, "first")], evaluation)


def last(evaluation: Evaluation, items: Any, count: Any = None) -> Any:
    """The last item (null when there is none), or the last `count` items."""
    list_of(items, "last")
    if count is None:
        return items[-1] if items else None
    return _part(items[len(items) - min(count_of(count, "last"), len(items)) :], evaluation)


def total(evaluation: Evaluation, items: Any, start: Any = None) -> Any:
    """The sum of `start` and the items; without a start, of an empty list 0."""
    evaluation.charge(3 * len(list_of(items, "sum")))
    terms = items if start is None else [start, *items]
    if not terms:
        return 0
    add = OPERATORS["+"]
    result = terms[0]
    if type(result) in (str, list, dict):
        refuse(result, "`sum` needs numbers or durations")
    for item in terms[1:]:
        result = add(result, item, evaluation)
    return result


def keys(evaluation: Evaluation, value: Any) -> list[Any]:
    return _part(list(_record(value, "keys")), evaluation)


def values(evaluation: Evaluation, value: Any) -> list[Any]:
    return _part(list(_record(value, "values").values()), evaluation)


def reverse(evaluation: Evaluation, items: Any) -> list[Any]:
    return _part(list_of(items, "reverse")[::-1], evaluation)


def flatten(evaluation: Evaluation, items: Any) -> list[Any]:
    """The items of the lists in a list."""
    parts = [list_of(part, "flatten") for part in list_of(items, "flatten")]
    evaluation.charge(len(parts) + sum(map(len, parts)))
    return [item for part in parts for item in part]


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
    evaluation.charge(2 * min(len(list_of(left, "zip")), len(list_of(right, "zip"))))
    return [{"left": one, "right": other} for one, other in zip(left, right, strict=False)]


def succeeded(evaluation: Evaluation, outcomes: Any) -> list[Any]:
    """The values of the outcomes that are ok."""
    return _part([field_of(item, "value") for item in _outcomes(outcomes, "succeeded") if item["ok"]], evaluation)


def failed(evaluation: Evaluation, outcomes: Any) -> list[Any]:
    """The errors of the outcomes that are not ok."""
    return _part([field_of(item, "error") for item in _outcomes(outcomes, "failed") if not item["ok"]], evaluation)


def _outcomes(outcomes: Any, name: str) -> Iterable[dict[str, Any]]:
    for item in list_of(outcomes, name):
        if type(field_of(item, "ok")) is not bool:
            raise EvaluationError("TypeMismatch", f"`{name}` needs a list of outcomes")
        yield item


def _part(items: list[Any], evaluation: Evaluation) -> list[Any]:
    evaluation.charge(len(items))
    return items


def _record(value: Any, name: str) -> dict[str, Any]:
    if type(value) is dict:
        return value
    refuse(value, f"`{name}` needs a map or a record")
