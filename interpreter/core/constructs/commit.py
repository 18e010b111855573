"""`commit`: the point of no return. What the flow has done so far stays done, whatever comes."""

from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE
from interpreter.core.state import Frame


class CommitConstruct(Construct[NoMemory]):
    node = "commit"

    def enter(self, machine: Machine, frame: Frame) -> None:
        ledger.commit(machine.state)
        machine.note("completed", frame, "commit")
        machine.end(frame, DONE)
