"""Times and durations: durations are whole milliseconds, times stay within the years 1 to 9999."""

from datetime import datetime, timedelta
from decimal import Decimal

from dsl.ast.duration import LONGEST
from dsl.expressions import numbers
from dsl.expressions.errors import EvaluationError
from dsl.expressions.wire import MILLISECOND


def duration(milliseconds: int) -> timedelta:
    if abs(milliseconds) > LONGEST:
        raise EvaluationError("LimitExceeded", "this duration is too long")
    return timedelta(milliseconds=milliseconds)


def add_durations(left: timedelta, right: timedelta) -> timedelta:
    return duration((left + right) // MILLISECOND)


def subtract_durations(left: timedelta, right: timedelta) -> timedelta:
    return duration((left - right) // MILLISECOND)


def between(left: datetime, right: datetime) -> timedelta:
    """`left - right`, down to whole milliseconds."""
    return duration((left - right) // MILLISECOND)


def later(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        raise EvaluationError("LimitExceeded", "this time is beyond the calendar") from None


def earlier(moment: datetime, by: timedelta) -> datetime:
    return later(moment, -by)


def ratio(left: timedelta, right: timedelta) -> Decimal:
    return numbers.divide_exact(_milliseconds(left), _milliseconds(right))


def scale_duration(value: timedelta, factor: int | float | Decimal) -> timedelta:
    return _whole(numbers.multiply_decimals(_milliseconds(value), _exact(factor)))


def divide_duration(value: timedelta, divisor: int | float | Decimal) -> timedelta:
    return _whole(numbers.divide_exact(_milliseconds(value), _exact(divisor)))


def _milliseconds(value: timedelta) -> Decimal:
    return Decimal(value // MILLISECOND)


def _exact(number: int | float | Decimal) -> Decimal:
    return Decimal(repr(number)) if type(number) is float else Decimal(number)


def _whole(milliseconds: Decimal) -> timedelta:
    if abs(milliseconds) > LONGEST:
        raise EvaluationError("LimitExceeded", "this duration is too long")
    return duration(int(milliseconds.to_integral_value(context=numbers.ARITHMETIC)))
