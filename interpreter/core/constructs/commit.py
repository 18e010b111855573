"""`commit`: the point of no return. What the flow has done so far stays done, whatever comes.

It stands in no branch, so what runs beside it are branches of a `race … finish rest` that is won: these are not over.
"""

from collections.abc import Iterator

from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct
from interpreter.core.fan_memory import FanMemory
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE
from interpreter.core.state import Frame, State


class CommitConstruct(Construct[NoMemory]):
    node = "commit"

    def enter(self, machine: Machine, frame: Frame) -> None:
        ledger.commit(machine.state, beside=frozenset(_beside(machine.state, frame)))
        machine.note("completed", frame, "commit")
        machine.end(frame, DONE)


def _beside(state: State, frame: Frame) -> Iterator[str]:
    around = {frame.path}
    while frame.parent is not None:
        frame = state.frames[frame.parent]
        around.add(frame.path)
    for other in state.frames.values():
        parent = None if other.parent is None else state.frames[other.parent]
        if parent is not None and isinstance(parent.memory, FanMemory) and parent.path not in around:
            yield other.path
