"""Arithmetic on numbers. An int stays in 64 bits, a decimal in 34 digits (rounded half to even), a number finite.

Mixing: an int with a decimal gives a decimal, anything with a number a number. `/` of ints is a decimal; `//` and `%`
round towards minus infinity. No decimal signal traps: what is not finite is reported here, in the author's words.
"""

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, TypeVar

from dsl.expressions.errors import EvaluationError
from dsl.regex import regex

DIGITS = 34
LARGEST_INT = 2**63 - 1
_Number = TypeVar("_Number", int, Decimal, int | Decimal)
ARITHMETIC = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])


_DECIMAL = regex(r"-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?", re.ASCII)


def parse_decimal(text: str) -> Decimal | None:
    """The decimal that `text` writes (`12.50`, `-1e3`), exactly; None when it is none or has more than 34 digits."""
    if _DECIMAL.fullmatch(text) is None:
        return None
    value = Decimal(text)
    exact = ARITHMETIC.create_decimal(value)
    return (value or value.copy_abs()) if exact.is_finite() and exact == value else None


def checked_int(value: int) -> int:
    if -LARGEST_INT - 1 <= value <= LARGEST_INT:
        return value
    raise EvaluationError("LimitExceeded", "this int needs more than 64 bits")


def checked_decimal(value: Decimal) -> Decimal:
    """A decimal that may be the result of something: zero has no sign."""
    if value.is_finite():
        return value or value.copy_abs()
    raise EvaluationError("LimitExceeded", "this decimal is too large")


def checked_number(value: float) -> float:
    """A number that may be the result of something: zero has no sign."""
    if math.isfinite(value):
        return value + 0.0
    raise EvaluationError("LimitExceeded", "this number is too large")


def add_ints(left: int, right: int) -> int:
    return checked_int(left + right)


def subtract_ints(left: int, right: int) -> int:
    return checked_int(left - right)


def multiply_ints(left: int, right: int) -> int:
    return checked_int(left * right)


def divide_exact(left: int | Decimal, right: int | Decimal) -> Decimal:
    return checked_decimal(ARITHMETIC.divide(left, _divisor(right)))


def floor_divide_ints(left: int, right: int) -> int:
    return checked_int(left // _divisor(right))


def remainder_ints(left: int, right: int) -> int:
    return left % _divisor(right)


def add_decimals(left: int | Decimal, right: int | Decimal) -> Decimal:
    return checked_decimal(ARITHMETIC.add(left, right))


def subtract_decimals(left: int | Decimal, right: int | Decimal) -> Decimal:
    return checked_decimal(ARITHMETIC.subtract(left, right))


def multiply_decimals(left: int | Decimal, right: int | Decimal) -> Decimal:
    return checked_decimal(ARITHMETIC.multiply(left, right))


def floor_divide_decimals(left: int | Decimal, right: int | Decimal) -> Decimal:
    quotient = _whole_quotient(left, right)
    uneven = remainder_decimals(left, right) != ARITHMETIC.remainder(left, right)
    return checked_decimal(ARITHMETIC.subtract(quotient, 1) if uneven else quotient)


def remainder_decimals(left: int | Decimal, right: int | Decimal) -> Decimal:
    """Of the sign of the divisor, so that `left == (left // right) * right + left % right`."""
    _whole_quotient(left, right)
    rest = ARITHMETIC.remainder(left, right)
    return checked_decimal(ARITHMETIC.add(rest, right) if rest and (rest < 0) != (right < 0) else rest)


def _whole_quotient(left: int | Decimal, right: int | Decimal) -> Decimal:
    quotient = ARITHMETIC.divide_int(left, _divisor(right))
    if quotient.is_nan():
        raise EvaluationError("LimitExceeded", f"the whole part of this division needs more than {DIGITS} digits")
    return quotient


def _floats(operation: Callable[[float, float], float]) -> Callable[[Any, Any], float]:
    def apply(left: int | float | Decimal, right: int | float | Decimal) -> float:
        try:
            return checked_number(operation(float(left), float(right)))
        except OverflowError:
            raise EvaluationError("LimitExceeded", "this number is too large") from None
        except ZeroDivisionError:
            raise _division_by_zero() from None

    return apply


add_numbers = _floats(lambda left, right: left + right)
subtract_numbers = _floats(lambda left, right: left - right)
multiply_numbers = _floats(lambda left, right: left * right)
divide_numbers = _floats(lambda left, right: left / right)
floor_divide_numbers = _floats(lambda left, right: left // right)
remainder_numbers = _floats(lambda left, right: left % right)


def _divisor(value: _Number) -> _Number:
    if not value:
        raise _division_by_zero()
    return value


def _division_by_zero() -> EvaluationError:
    return EvaluationError("DivisionByZero", "division by zero")
