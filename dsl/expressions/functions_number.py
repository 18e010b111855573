"""Built-in functions on numbers, and conversions to them. Rounding is half to even."""

import math
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from dsl.expressions import numbers
from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse

MOST_DIGITS = 20
CONVERSION = 5
"""Steps: between kinds of numbers, and from text, there is no short way."""


def absolute(evaluation: Evaluation, value: Any) -> Any:
    if type(value) is timedelta or type(value) is float:
        return abs(value)
    return numbers.checked_int(abs(value)) if type(value) is int else _number(value, "abs").copy_abs()


def round_to(evaluation: Evaluation, value: Any, digits: Any = None) -> Any:
    """To an int; with `digits`, to so many digits after the point, of the same kind."""
    if digits is None:
        return _whole(evaluation, value, ROUND_HALF_EVEN, "round")
    if type(digits) is not int:
        refuse(digits, "`round` takes an int in `digits`")
    if not 0 <= digits <= MOST_DIGITS:
        raise EvaluationError("InvalidArgument", f"`round` keeps 0 to {MOST_DIGITS} digits, not {digits}")
    if type(value) is int:
        return value
    if type(value) is float:
        return round(value, digits)
    evaluation.charge(CONVERSION)
    number = _number(value, "round")
    rounded = number.quantize(Decimal(1).scaleb(-digits), context=numbers.ARITHMETIC)
    return number if rounded.is_nan() else numbers.checked_decimal(rounded)


def floor(evaluation: Evaluation, value: Any) -> int:
    return _whole(evaluation, value, ROUND_FLOOR, "floor")


def ceil(evaluation: Evaluation, value: Any) -> int:
    return _whole(evaluation, value, ROUND_CEILING, "ceil")


def to_int(evaluation: Evaluation, value: Any) -> int:
    """From a text of digits, or a number that is whole; `round`, `floor` and `ceil` are for the others."""
    if type(value) is str:
        return numbers.checked_int(int(_parse(evaluation, value, "an int", whole=True)))
    evaluation.charge(CONVERSION)
    number = _as_decimal(value, "int")
    if number != number.to_integral_value():
        raise EvaluationError("InvalidArgument", f"{number} is not whole: use round, floor or ceil")
    return numbers.checked_int(int(number))


def to_number(evaluation: Evaluation, value: Any) -> float:
    if type(value) is str:
        return numbers.checked_number(float(_parse(evaluation, value, "a number")))
    if type(value) is float:
        return value
    evaluation.charge(CONVERSION)
    return numbers.checked_number(float(_number(value, "number")))


def to_decimal(evaluation: Evaluation, value: Any) -> Decimal:
    """From a text, an int, or a number as it is written in its shortest form."""
    if type(value) is str:
        return numbers.checked_decimal(numbers.ARITHMETIC.create_decimal(_parse(evaluation, value, "a decimal")))
    evaluation.charge(CONVERSION)
    return numbers.checked_decimal(_as_decimal(value, "decimal"))


def _whole(evaluation: Evaluation, value: Any, rounding: str, name: str) -> int:
    if type(value) is int:
        return value
    evaluation.charge(CONVERSION)
    return numbers.checked_int(int(_as_decimal(value, name).to_integral_value(rounding=rounding)))


def _number(value: Any, name: str) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) is int:
        return Decimal(value)
    refuse(value, f"`{name}` needs a number")


def _as_decimal(value: Any, name: str) -> Decimal:
    return Decimal(repr(value)) if type(value) is float and math.isfinite(value) else _number(value, name)


def _parse(evaluation: Evaluation, text: str, what: str, whole: bool = False) -> Decimal:
    evaluation.charge(CONVERSION)
    parsed = numbers.parse_decimal(evaluation.searched(text).strip())
    if parsed is None or (whole and parsed != parsed.to_integral_value()):
        shown = text if len(text) <= 40 else text[:39] + "…"
        raise EvaluationError("InvalidArgument", f'"{shown}" is not {what}')
    return parsed
