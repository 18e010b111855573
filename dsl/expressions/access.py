"""Looking into a value: fields, items, slices."""

from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.values import File, Reference

FILE_FIELDS = ("name", "media_type", "size")


def get(subject: Any, name: str, optional: bool) -> Any:
    """`subject.name` that is no field of a record, or `subject?.name`, which is null then: only json can lack one."""
    kind = type(subject)
    if kind is File and name in FILE_FIELDS:
        return getattr(subject, name)
    if optional and kind is not Reference:
        return None
    if kind is dict:
        raise EvaluationError("NotFound", f"there is no field `{name}`")
    refuse(subject, f"`.{name}` needs a record")


def index(subject: Any, position: Any) -> Any:
    """`subject[position]`: an item of a list, from the end when negative, or the value of a key."""
    kind = type(subject)
    if kind is list and type(position) is int:
        try:
            return subject[position]
        except IndexError:
            raise EvaluationError(
                "IndexOutOfRange", f"there is no item {position} in a list of {len(subject)}"
            ) from None
    if kind is dict and type(position) is str:
        if position in subject:
            return subject[position]
        raise EvaluationError("NotFound", f"there is no key `{position}`")
    if kind in (list, dict):
        refuse(position, "a list is indexed by an int" if kind is list else "a map is indexed by a text")
    refuse(subject, "`[ ]` needs a list or a map")


def slice_of(subject: Any, start: Any, stop: Any, evaluation: Evaluation) -> Any:
    """`subject[start:stop]` of a list or a text; what lies outside is left out, as in Python."""
    for bound in (start, stop):
        if bound is not None and type(bound) is not int:
            refuse(bound, "a slice goes from an int to an int")
    kind = type(subject)
    if kind is list or kind is str:
        part = subject[start:stop]
        evaluation.charge(len(part) if kind is list else len(part) >> 6)
        return part
    refuse(subject, "`[ : ]` needs a list or a text")
