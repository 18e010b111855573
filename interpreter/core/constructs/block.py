"""A block: its statements in turn. The results of named statements are bound in the scope around."""

from typing import cast

from dsl.ast.address import label
from dsl.ast.statements import AwaitApproval, Block, Parallel, ParallelFor, Step
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.state import Frame


class BlockConstruct(Construct):
    """`memory`: `at` (the position of the statement that runs), `export` (for the branches of a `parallel`)."""

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
        at, block = frame.memory["at"], _block(machine, frame)
        if at < len(block.statements):
            machine.open(frame, f"/{label(block.statements[at], at)}")
            return
        if frame.memory.get("export"):
            _export(machine, frame)
        machine.end(frame, DONE)


def _export(machine: Machine, frame: Frame) -> None:
    """What a branch defined is visible after its `parallel`."""
    assert frame.parent is not None
    for name, value in frame.values.items():
        machine.bind(machine.state.frames[frame.parent], name, value)


def _block(machine: Machine, frame: Frame) -> Block:
    return cast(Block, machine.node(frame))
