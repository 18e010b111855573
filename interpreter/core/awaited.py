"""What the state remembers of events: those that nobody has taken yet, and what waits for some."""

from dataclasses import dataclass

from dsl.expressions.values import Value
from interpreter.boundary.payloads import JSON
from interpreter.core.recorded import recorded


@recorded
@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that came `at` that time, as the one of that number; it has `size` bytes of JSON."""

    number: int
    id: str
    name: str
    key: str | None
    by: str
    at: float
    size: int
    value: Value = None


@recorded
@dataclass(frozen=True, slots=True)
class Replied:
    """What the sender of an event is answered: plain JSON, of so many bytes."""

    value: JSON
    size: int


@recorded
@dataclass(frozen=True, slots=True)
class Expected:
    """Events of that name; without a key those of any."""

    name: str
    key: str | None = None


@recorded
@dataclass(slots=True)
class Wait:
    """A frame waits for the first event that is one of these and came before the `deadline`, or was there when the wait
    began: to the number `began`. All events to the number `looked` have been looked at; `blocked`: the next one is
    looked at by an older wait first.
    """

    expects: list[Expected]
    deadline: float | None = None
    began: int = 0
    looked: int = 0
    blocked: bool = False
