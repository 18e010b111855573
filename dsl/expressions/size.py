"""The size of a value: about how many characters its JSON has."""

from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError

_OVERHEAD = 8
"""What a number, a field or an item costs beside its text."""

_GROWING = frozenset({list, dict, str})


def check_size(value: Any, limit: int) -> None:
    """Refuse a value of more than `limit`; the walk ends as soon as that is clear."""
    if type(value) in _GROWING and _left(value, limit) < 0:
        raise EvaluationError("LimitExceeded", f"this makes a value of more than {limit} characters")


def charge_walk(value: Any, evaluation: Evaluation) -> None:
    """Charge for a walk over all of `value`, such as writing it down takes."""
    kind = type(value)
    if kind is str:
        evaluation.charge(len(value) >> 5)
    elif kind is list or kind is dict:
        evaluation.charge(3 * len(value) + 1)
        for item in value if kind is list else value.values():
            if type(item) in _GROWING:
                charge_walk(item, evaluation)


def _left(value: Any, limit: int) -> int:
    kind = type(value)
    if kind is str:
        return limit - len(value)
    if kind is list:
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
