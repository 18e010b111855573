"""The binary operators that always need both operands, and `-`: tables from the types of the operands to what is done.

A pair of types that is not in a table is either a reference, which must be looked into elsewhere, or a mistake.
"""

import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from dsl.expressions import numbers
from dsl.expressions.context import Evaluation
from dsl.expressions.equality import equal, ordered
from dsl.expressions.errors import EvaluationError, NeedsReference, refuse
from dsl.expressions.times import (
    add_durations,
    between,
    divide_duration,
    earlier,
    later,
    ratio,
    scale_duration,
    subtract_durations,
)
from dsl.expressions.values import Reference, kind_name

Operation: TypeAlias = Callable[[Any, Any], Any]
Operator: TypeAlias = Callable[[Any, Any, Evaluation], Any]
Table: TypeAlias = dict[tuple[type, type], Operation]


def _numeric(ints: Operation, decimals: Operation, floats: Operation) -> Table:
    """One operation over every pair of number types."""
    kinds = (int, Decimal, float)
    table: Table = {(left, right): floats if float in (left, right) else decimals for left in kinds for right in kinds}
    table[int, int] = ints
    return table


_SUM: Table = _numeric(numbers.add_ints, numbers.add_decimals, numbers.add_numbers) | {
    (timedelta, timedelta): add_durations,
    (datetime, timedelta): later,
    (timedelta, datetime): lambda left, right: later(right, left),
}
_DIFFERENCE: Table = _numeric(numbers.subtract_ints, numbers.subtract_decimals, numbers.subtract_numbers) | {
    (timedelta, timedelta): subtract_durations,
    (datetime, timedelta): earlier,
    (datetime, datetime): between,
}
_PRODUCT = _numeric(numbers.multiply_ints, numbers.multiply_decimals, numbers.multiply_numbers)
_QUOTIENT = _numeric(numbers.divide_exact, numbers.divide_exact, numbers.divide_numbers)
_FLOOR_QUOTIENT = _numeric(numbers.floor_divide_ints, numbers.floor_divide_decimals, numbers.floor_divide_numbers)
_REMAINDER = _numeric(numbers.remainder_ints, numbers.remainder_decimals, numbers.remainder_numbers)

for _kind in (int, Decimal, float):
    _PRODUCT[timedelta, _kind] = scale_duration
    _PRODUCT[_kind, timedelta] = lambda left, right: scale_duration(right, left)
    _QUOTIENT[timedelta, _kind] = divide_duration
_QUOTIENT[timedelta, timedelta] = ratio


_COSTS: dict[str, dict[type, int]] = {
    "+": {timedelta: 1, float: 1},
    "-": {timedelta: 1, datetime: 1, float: 1},
    "*": {timedelta: 10, float: 1, Decimal: 1},
    "/": {timedelta: 10, float: 1, Decimal: 1, int: 1},
    "//": {float: 1, Decimal: 5},
    "%": {float: 1, Decimal: 5},
}
"""What an operation costs beside its nodes when an operand is of this kind; the first that has a cost decides."""


def _arithmetic(symbol: str, table: Table) -> Operator:
    costs = _COSTS[symbol]

    def apply(left: Any, right: Any, evaluation: Evaluation) -> Any:
        operation = table.get((type(left), type(right)))
        if operation is None:
            raise mismatch(symbol, left, right)
        evaluation.charge(costs.get(type(left), 0) or costs.get(type(right), 0))
        return operation(left, right)

    return apply


_add_scalars = _arithmetic("+", _SUM)


def _add(left: Any, right: Any, evaluation: Evaluation) -> Any:
    kind = type(left)
    if kind is type(right):
        if kind is str:
            return evaluation.produced(left + right)
        if kind is list:
            evaluation.charge(len(left) + len(right))
            return left + right
        if kind is dict and left.keys() == right.keys() == _CONVERSATION:
            return _said(left, right, evaluation)
    return _add_scalars(left, right, evaluation)


_CONVERSATION = frozenset({"head", "tail", "sizes"})


def _said(talk: dict[str, Any], added: dict[str, Any], evaluation: Evaluation) -> dict[str, Any]:
    """A conversation (`dsl.values.conversations`) and messages that were written out after it."""
    if added["head"] is not None:
        raise mismatch("+", talk, added)
    evaluation.charge(2 * len(talk["tail"]) + 2 * len(added["tail"]) + len(talk["sizes"]))
    return {
        "head": talk["head"],
        "tail": talk["tail"] + added["tail"],
        "sizes": talk["sizes"] + added["sizes"],
    }


def _comparison(symbol: str, compare: Operation) -> Operator:
    def apply(left: Any, right: Any, evaluation: Evaluation) -> bool:
        pair = ordered(left, right, evaluation.charge)
        if pair is None:
            raise mismatch(symbol, left, right)
        return bool(compare(*pair))

    return apply


def _equal(left: Any, right: Any, evaluation: Evaluation) -> bool:
    return equal(left, right, evaluation.charge)


def _different(left: Any, right: Any, evaluation: Evaluation) -> bool:
    return not equal(left, right, evaluation.charge)


def contains(item: Any, collection: Any, evaluation: Evaluation) -> bool:
    """`item in collection`: an item of a list, a part of a text, a key of a map."""
    kind = type(collection)
    if kind is list:
        evaluation.charge(len(collection))
        return any(equal(item, candidate, evaluation.charge) for candidate in collection)
    if kind is str and type(item) is str:
        return evaluation.searched(collection).find(item) >= 0
    if kind is dict and type(item) is str:
        return item in collection
    raise mismatch("in", item, collection)


def _lacks(item: Any, collection: Any, evaluation: Evaluation) -> bool:
    return not contains(item, collection, evaluation)


def negate(value: Any) -> Any:
    """`-value`."""
    negation = _NEGATIONS.get(type(value))
    if negation is not None:
        return negation(value)
    refuse(value, "`-` needs a number or a duration")


_NEGATIONS: dict[type, Callable[[Any], Any]] = {
    int: lambda value: numbers.checked_int(-value),
    float: lambda value: 0.0 - value,
    Decimal: lambda value: value.copy_negate() if value else value,
    timedelta: operator.neg,
}


def mismatch(symbol: str, left: Any, right: Any) -> EvaluationError | NeedsReference:
    """Why `left symbol right` cannot be done here."""
    needed = tuple(dict.fromkeys(side for side in (left, right) if type(side) is Reference))
    if needed:
        return NeedsReference(needed)
    if left is None or right is None:
        return EvaluationError("NullValue", f"`{symbol}` cannot be used with null")
    return EvaluationError("TypeMismatch", f"`{symbol}` cannot be used with {kind_name(left)} and {kind_name(right)}")


OPERATORS: dict[str, Operator] = {
    "==": _equal,
    "!=": _different,
    "<": _comparison("<", operator.lt),
    "<=": _comparison("<=", operator.le),
    ">": _comparison(">", operator.gt),
    ">=": _comparison(">=", operator.ge),
    "in": contains,
    "not in": _lacks,
    "+": _add,
    "-": _arithmetic("-", _DIFFERENCE),
    "*": _arithmetic("*", _PRODUCT),
    "/": _arithmetic("/", _QUOTIENT),
    "//": _arithmetic("//", _FLOOR_QUOTIENT),
    "%": _arithmetic("%", _REMAINDER),
}
