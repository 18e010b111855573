"""What is remembered of branches that run side by side, and who of them has lost."""

from dataclasses import dataclass, field

from dsl.expressions.values import Value
from interpreter.boundary.failures import CANCELLED
from interpreter.core.commands import Cancel
from interpreter.core.events import CallFailed
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame


@recorded
@dataclass(slots=True)
class FanMemory(Memory):
    """`results` by branch, in the order in which they came; `failure` the one that stops it; `undoing` the undos that
    run, with the failures that they follow. `causes` are the failures that a race has gathered. `decided`: who has not
    come to an end has lost; `lost` are the paths of those who ended after that. `told`: the value was given, and the
    rest goes on. `judged` counts the results that `stop when` has seen; `starting`: a task of ours is about to look
    whether to stop, and to start more.
    """

    results: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None
    undoing: dict[str, Failure] = field(default_factory=dict)
    causes: dict[str, Failure] = field(default_factory=dict)
    decided: bool = False
    lost: list[str] = field(default_factory=list)
    told: bool = False
    judged: int = 0
    starting: bool = False

    @property
    def items_in_all(self) -> int:
        """Of a fan over a list, whose branches are those of its items."""
        return 0


def has_lost(machine: Machine, frame: Frame) -> bool:
    """Whether it belongs to a branch whose end nobody waits for: what only reads there is left alone."""
    above: Frame | None = frame
    while above is not None:
        if isinstance(above.memory, FanMemory) and above.memory.decided:
            return not above.cancelling and above.memory.failure is None
        above = machine.state.frames[above.parent] if above.parent is not None else None
    return False


def abandon(machine: Machine, command_id: str) -> CallFailed:
    """Leave a call alone that changes nothing and costs nothing: how it really ends, nobody asks. One of this very
    event is not made.
    """
    command = machine.state.pending.pop(command_id).command
    if command in machine.commands:
        machine.commands.remove(command)
        machine.state.issued -= 1
    else:
        machine.commands.append(Cancel(command_id, abandoned=True))
    return CallFailed(machine.state.now, command_id, CANCELLED, "abandoned", "cancelled")
