"""The size of a value: about how many characters its JSON has."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError

_OVERHEAD = 8
"""What a number, a field or an item costs beside its text."""

_GROWING = frozenset({list, dict, str})

_WRITTEN: dict[type, int] = {datetime: 8, timedelta: 8, Decimal: 3, float: 1}
"""What it costs to write one down; other scalars cost little more than their place."""

_CHARGED = _GROWING | _WRITTEN.keys()


def check_size(value: Any, limit: int) -> None:
    """Refuse a value of more than `limit`; the walk ends as soon as that is clear."""
    if type(value) in _GROWING and _left(value, limit) < 0:
        raise EvaluationError("LimitExceeded", f"this makes a value of more than {limit} characters")


def charge_walk(value: Any, evaluation: Evaluation) -> None:
    """Charge for a walk over all of `value`, such as writing it down takes."""
    kind = type(value)
    if kind is str:
        evaluation.charge(len(value) >> 4)
    elif kind is list or kind is dict:
        evaluation.charge(3 * len(value) + 2)
        for item in value if kind is list else value.values():
            if type(item) in _CHARGED:
                charge_walk(item, evaluation)
    elif kind in _WRITTEN:
        evaluation.charge(_WRITTEN[kind])


def _left(value: Any, limit: int) -> int:
    kind = type(value)
    if kind is str:
        return limit - len(value)
    if kind is list:
        if _GROWING.isdisjoint(map(type, value)):
            return limit - _OVERHEAD * len(value)
        for item in value:
            limit = _left(item, limit) - _OVERHEAD
            if limit < 0:
                break
    elif kind is dict:
        for name, item in value.items():
            limit = _left(item, limit) - len(name) - _OVERHEAD
            if limit < 0:
                break
    return limit
