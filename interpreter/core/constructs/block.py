"""A block: its statements in turn. The results of named statements are bound in the scope around."""

from typing import cast

from dsl.ast.address import labels
from dsl.ast.statements import AwaitApproval, Block, Parallel, ParallelFor, Step
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.state import Frame


class BlockConstruct(Construct):
    """`memory["at"]` is the position of the statement that runs."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        frame.memory["at"] = -1
        self._next(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if exit_.kind != "done" or frame.cancelling:
            machine.end(frame, unless_cancelled(frame, exit_))
            return
        statement = _block(machine, frame).statements[frame.memory["at"]]
        match statement:
            case Step(name=name, named=True) | AwaitApproval(name=name):
                machine.bind(frame, name, exit_.value)
            case Parallel(name=str(name)) | ParallelFor(name=str(name)):
                machine.bind(frame, name, exit_.value)
            case _:
                pass
        self._next(machine, frame)

    def _next(self, machine: Machine, frame: Frame) -> None:
        frame.memory["at"] += 1
        block = _block(machine, frame)
        if frame.memory["at"] == len(block.statements):
            machine.end(frame, DONE)
        else:
            machine.open(frame, "/" + labels(machine, frame)[frame.memory["at"]])
