"""What is remembered of a wait for whatever comes first."""

from dataclasses import dataclass, field

from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame, State


@recorded
@dataclass(slots=True)
class AwaitFirstMemory(Memory):
    """`events` are those it waits for, in words; at `deadline` the way at place `timed` is taken. `due`: that is so,
    while it looks at what came in time. `taken` is the place of the way that is taken; `open`: it is gone. `failure`:
    nothing that runs has come to an end, and something else is waited for.
    """

    events: list[str] = field(default_factory=list)
    deadline: float | None = None
    timed: int | None = None
    due: bool = False
    taken: int | None = None
    open: bool = False
    failure: Failure | None = None


def over_by(state: State, frame: Frame) -> float | None:
    """When what `frame` waits for is too late, because something around it that is waited for comes first."""
    times = []
    above: Frame | None = frame
    while above is not None:
        memory = above.memory
        if isinstance(memory, AwaitFirstMemory) and memory.taken is None and memory.deadline is not None:
            times.append(memory.deadline)
        above = state.frames[above.parent] if above.parent is not None else None
    return min(times, default=None)
