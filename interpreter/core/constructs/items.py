"""Lists that are looped over: in memory, or behind a reference, which is never fetched whole."""

from typing import Any

from dsl.ast.expressions import Argument, FunctionCall, Index, Literal, Name
from dsl.expressions.values import Reference
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame

_SOURCE = Name("source")
_LENGTH = FunctionCall("len", (Argument(None, _SOURCE),))
TOO_MANY = "TooManyItems"


def length_of(machine: Machine, frame: Frame, source: Any, at_most: int | None) -> int:
    """How many items there are. Raises `FlowFailed` when there are more than the author allows."""
    if type(source) is Reference:
        length = int(machine.evaluate(frame, "length", _LENGTH, {"source": source}, closed=True))
    else:
        length = len(source)
    if at_most is not None and length > at_most:
        raise FlowFailed(Failure(TOO_MANY, f"the list has {length} items, at most {at_most} are allowed", frame.path))
    return length


def item_at(machine: Machine, frame: Frame, source: Any, index: int) -> Any:
    if type(source) is Reference:
        return machine.evaluate(frame, f"item{index}", Index(_SOURCE, Literal(index)), {"source": source}, closed=True)
    return source[index]
