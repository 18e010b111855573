"""What an expression costs is a part of what it means: a run that reaches its bound must reach it in every replay.

`tests/cases/expressions/costs.yaml` has the steps of each; another number needs a new version of the run.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from dsl.expressions.context import Evaluation, Meter
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.size import charge_walk, check_size
from dsl.values.codec import load
from tests.expressions.reading import expression
from tests.expressions.test_cases import CONTEXT, cases

SIZES: list[tuple[Any, int]] = [
    ("", 0),
    ("abc", 3),
    ([], 0),
    ([1, None], 16),
    (["ab", 1], 18),
    ({"name": 1, "of": "abc"}, 25),
    ([[1], {"a": [2, 3]}], 49),
]
"""About the characters of its JSON: a number, a field or an item is taken for eight."""


def _scope(scope: dict[str, Any]) -> dict[str, Any]:
    loaded = {name: load(value) for name, value in scope.items()}
    return loaded | {"long": "x" * 1000, "many": list(range(100))}


@pytest.mark.parametrize(("text", "scope", "steps"), cases("steps"))
def test_steps(text: str, scope: dict[str, Any], steps: int) -> None:
    watched = replace(CONTEXT, meter=(meter := Meter()))
    evaluate(expression(text), _scope(scope), watched)
    assert meter.spent == steps


@pytest.mark.parametrize(("text", "scope", "steps"), cases("steps"))
def test_so_many_steps_are_enough_and_one_less_is_not(text: str, scope: dict[str, Any], steps: int) -> None:
    evaluate(expression(text), _scope(scope), replace(CONTEXT, steps=steps))
    if steps:
        with pytest.raises(EvaluationError, match="steps"):
            evaluate(expression(text), _scope(scope), replace(CONTEXT, steps=steps - 1))


@pytest.mark.parametrize(("value", "size"), SIZES, ids=str)
def test_a_value_of_the_largest_size_is_fine_and_one_more_is_not(value: Any, size: int) -> None:
    check_size(value, size)
    with pytest.raises(EvaluationError, match="characters"):
        check_size(value, size - 1)


@pytest.mark.parametrize("value", [["xxxxx", "", "y"], {"a": "xxxxx", "b": ""}], ids=str)
def test_what_comes_after_the_bound_takes_nothing_back(value: Any) -> None:
    with pytest.raises(EvaluationError, match="characters"):
        check_size(value, 3)


@pytest.mark.parametrize(("value", "first"), [(["", ""], 8), ([["x"], ["y"]], 17), ({"a": "x", "b": ""}, 10)], ids=str)
def test_what_fills_the_bound_leaves_room_for_nothing_more(value: Any, first: int) -> None:
    with pytest.raises(EvaluationError, match="characters"):
        check_size(value, first)


@pytest.mark.parametrize("double", [lambda value: [value, value], lambda value: {"a": value, "b": value}])
def test_a_value_that_is_far_too_large_is_not_walked_through(double: Callable[[Any], Any]) -> None:
    """A few lists, each twice in the next, are a value of a million parts."""
    value: Any = ["x"]
    for _ in range(20):
        value = double(value)
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"
        assert calls < 1_000

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with pytest.raises(EvaluationError, match="characters"):
            check_size(value, 100)
    finally:
        sys.setprofile(before)


def test_a_scalar_has_no_size() -> None:
    for value in (1, None, True):
        check_size(value, 0)


def test_a_text_of_the_largest_size_is_made_and_one_more_is_not() -> None:
    bounded = replace(CONTEXT, size=8)
    assert evaluate(expression('"abcd" + "efgh"'), {}, bounded) == "abcdefgh"
    for text in ('"abcd" + "efghi"', 'join(["abcd", "efghi"])', 'replace("abab", "a", "abcd")', 'upper("abcdefghi")'):
        with pytest.raises(EvaluationError, match="more than 8 characters"):
            evaluate(expression(text), {}, bounded)
    assert evaluate(expression('join(["abc", "def"], "--")'), {}, bounded) == "abc--def"
    assert evaluate(expression('replace("abab", "a", "xyz")'), {}, bounded) == "xyzbxyzb"


def test_a_walk_costs_by_items_and_by_what_it_takes_to_write_each() -> None:
    value = load([{"$decimal": "1.5"}, {"$time": "2026-01-01T00:00:00Z"}, 1.5, "x" * 32, {"a": 1, "b": [True]}])
    evaluation = Evaluation(CONTEXT)
    charge_walk(value, evaluation)
    assert CONTEXT.steps - evaluation.left == (3 * 5 + 2) + 3 + 8 + 1 + 2 + (3 * 2 + 2) + (3 * 1 + 2)
