"""Lists that are looped over: in memory, or behind a reference, which is never fetched whole.

Of a list behind a reference one stretch after the other is fetched: as many items as may travel together. So it is read
once for many rounds, and what travels is the list, once, as if it had been in memory.
"""

from dataclasses import dataclass, field
from typing import cast

from dsl.ast.expressions import Argument, FunctionCall, Literal, Name, Slice
from dsl.expressions.values import Reference, Value
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame

_SOURCE = Name("source")
_LENGTH = FunctionCall("len", (Argument(None, _SOURCE),))
TOO_MANY = "TooManyItems"
LONGEST_STRETCH = 48_000
"""Bytes of items that are fetched together."""


@recorded
@dataclass(slots=True)
class Items:
    """A list that is under way: `next` is the index of the item to come, `stretch` the fetched ones from `first` on."""

    source: list[Value] | Reference | None = None
    length: int = 0
    next: int = 0
    stretch: list[Value] = field(default_factory=list)
    first: int = 0

    @property
    def done(self) -> bool:
        return self.next == self.length


def begin_items(machine: Machine, frame: Frame, items: Items, source: Value, at_most: int | None) -> None:
    """Raises `FlowFailed` when there are more items than the author allows."""
    if type(source) is Reference:
        length = cast(int, machine.evaluate(frame, "length", _LENGTH, {"source": source}, closed=True))
    else:
        length = len(cast(list[Value], source))
    if at_most is not None and length > at_most:
        raise FlowFailed(Failure(TOO_MANY, f"the list has {length} items, at most {at_most} are allowed", frame.path))
    items.source, items.length = cast(list[Value] | Reference, source), length


def next_item(machine: Machine, frame: Frame, items: Items) -> Value:
    """The item to come, which is then behind. May suspend."""
    index = items.next
    if type(items.source) is list:
        items.next += 1
        return items.source[index]
    if not items.first <= index < items.first + len(items.stretch):
        rest = Slice(_SOURCE, Literal(index), None)
        known = {"source": items.source}
        stretch = machine.evaluate(frame, f"items{index}", rest, known, closed=True, most_bytes=LONGEST_STRETCH)
        items.stretch = cast(list[Value], stretch)
        items.first = index
    items.next += 1
    return items.stretch[index - items.first]
