"""Arithmetic on random numbers, beside Python's own exact fractions."""

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dsl.ast.expressions import Binary, Name
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate


def apply(operator: str, left: Any, right: Any) -> Any:
    return evaluate(Binary(operator, Name("left"), Name("right")), {"left": left, "right": right}, CONSTANT)


def some_number(chance: random.Random) -> Any:
    digits = chance.randint(-(10 ** chance.randint(1, 12)), 10 ** chance.randint(1, 12))
    return digits if chance.random() < 0.3 else Decimal(digits).scaleb(-chance.randint(0, 6))


def test_sums_differences_and_products_are_exact() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        left, right = some_number(chance), some_number(chance)
        one, other = Fraction(left), Fraction(right)
        assert Fraction(apply("+", left, right)) == one + other
        assert Fraction(apply("-", left, right)) == one - other
        if abs(one * other) < 2**63:
            assert Fraction(apply("*", left, right)) == one * other


def test_quotients_are_right_to_34_digits() -> None:
    chance = random.Random(2)
    for _ in range(1000):
        left, right = some_number(chance), some_number(chance) or 1
        found, exact = Fraction(apply("/", left, right)), Fraction(left) / Fraction(right)
        assert abs(found - exact) <= abs(exact) / 10**33


def test_whole_quotient_and_remainder_belong_together() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        left, right = some_number(chance), some_number(chance) or 1
        quotient, rest = apply("//", left, right), apply("%", left, right)
        assert Fraction(quotient) == Fraction(left) // Fraction(right)
        assert Fraction(rest) == Fraction(left) - Fraction(quotient) * Fraction(right)


def test_order_is_that_of_fractions() -> None:
    chance = random.Random(4)
    for _ in range(2000):
        left, right = some_number(chance), some_number(chance)
        assert apply("<", left, right) is (Fraction(left) < Fraction(right))
        assert apply("==", left, right) is (Fraction(left) == Fraction(right))


def test_no_result_is_minus_zero() -> None:
    for left, right in ((Decimal("0.00"), -1), (Decimal("-0.5"), 0), (Decimal(-1), Decimal("0.0"))):
        assert str(apply("*", left, right)).startswith("0")
