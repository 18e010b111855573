"""Rules of one line each, at the value where they change."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dsl.expressions.context import CONSTANT, Evaluation
from dsl.expressions.equality import equal
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions_number import MOST_DIGITS
from dsl.expressions.json_writing import has_decimal
from dsl.expressions.values import Reference
from tests.expressions.reading import expression

REFERENCE = Reference("a" * 64, 9)


def value(text: str, **scope: Any) -> Any:
    return evaluate(expression(text), scope, CONSTANT)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (1, Decimal("1.0"), True),
        (0.5, Decimal("0.5"), True),
        (1, 2.0, False),
        (1, True, False),
        (1, "1", False),
        (1.0, "1.0", False),
        (None, 0, False),
        (0, None, False),
        (None, REFERENCE, False),
        (REFERENCE, None, False),
    ],
)
def test_values_of_two_kinds(left: Any, right: Any, same: bool) -> None:
    assert equal(left, right) is same


@pytest.mark.parametrize(("left", "right"), [(1, REFERENCE), (REFERENCE, "a")])
def test_a_value_beside_one_that_is_kept_elsewhere_is_compared_there(left: Any, right: Any) -> None:
    with pytest.raises(NeedsReference) as told:
        equal(left, right)
    assert told.value.references == (REFERENCE,)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (Decimal(1), True),
        (1, False),
        ("1.5", False),
        ([1, Decimal(1)], True),
        ([1, 2.5], False),
        ({"a": 1, "b": Decimal(1)}, True),
        ({"a": {"b": [Decimal(1)]}}, True),
        ({"a": {"b": [1]}}, False),
        ([], False),
    ],
)
def test_whether_there_is_a_decimal(data: Any, found: bool) -> None:
    assert has_decimal(data) is found


def test_rounding_keeps_so_many_digits_and_no_more() -> None:
    exact = Decimal("0." + "1" * 30)
    assert value(f"round(x, {MOST_DIGITS})", x=exact) == Decimal("0." + "1" * MOST_DIGITS)
    assert value("round(x, 0)", x=Decimal("2.5")) == Decimal(2)
    for digits in (MOST_DIGITS + 1, -1):
        with pytest.raises(EvaluationError, match=f"keeps 0 to 20 digits, not {digits}"):
            value("round(x, n)", x=exact, n=digits)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("min([2, 1, 3])", 1),
        ("max([2, 1, 3])", 3),
        ("min(2, 2.0)", 2),
        ("max(2.0, 2)", Decimal("2.0")),
        ('sort(["b", "a"], descending: true)', ["b", "a"]),
        ("sort([2, 1, 2.0])", [1, 2, Decimal("2.0")]),
    ],
)
def test_order_is_of_what_is_less_and_more_and_the_first_of_equals_counts(text: str, found: Any) -> None:
    shown = value(text)
    assert (shown, repr(shown)) == (found, repr(found))


def test_what_has_no_order_is_named() -> None:
    with pytest.raises(EvaluationError, match="<"):
        value('min([1, "a"])')


@pytest.mark.parametrize("length", [63, 64, 6_400])
def test_a_text_that_was_made_is_paid_for_by_its_length(length: int) -> None:
    evaluation = Evaluation(replace(CONSTANT, steps=1_000, size=6_400))
    assert evaluation.produced("x" * length) == "x" * length
    assert evaluation.left == 1_000 - length // 64


def test_a_text_that_was_made_has_the_size_that_it_may_have() -> None:
    evaluation = Evaluation(replace(CONSTANT, size=10))
    assert evaluation.produced("x" * 10) == "x" * 10
    with pytest.raises(EvaluationError, match="more than 10 characters"):
        evaluation.produced("x" * 11)
