"""A block: its statements in turn. The results of named statements are bound in the scope around."""

from dataclasses import dataclass
from typing import cast

from dsl.ast.address import label
from dsl.ast.shapes import shape
from dsl.ast.statements import Block
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame


@recorded
@dataclass(slots=True)
class BlockMemory(Memory):
    """`at` is the position of the statement that runs."""

    at: int = -1


class BlockConstruct(Construct[BlockMemory]):
    remembers = BlockMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        self._next(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if exit_.kind != "done" or frame.cancelling:
            machine.end(frame, unless_cancelled(frame, exit_))
            return
        statement = _block(machine, frame).statements[self.memory(frame).at]
        name = shape(statement).result(statement)
        if name is not None:
            machine.bind(frame, name, exit_.value)
        self._next(machine, frame)

    def _next(self, machine: Machine, frame: Frame) -> None:
        memory, block = self.memory(frame), _block(machine, frame)
        memory.at += 1
        at = memory.at
        if at < len(block.statements):
            machine.open(frame, f"/{label(block.statements[at], at)}")
            return
        if frame.exports:
            _export(machine, frame)
        machine.end(frame, DONE)


def _export(machine: Machine, frame: Frame) -> None:
    """What a branch defined is visible after its `parallel`."""
    assert frame.parent is not None
    scope = machine.scope_of(machine.state.frames[frame.parent])
    scope.values.update(frame.values)
    scope.variables.update(frame.variables)


def _block(machine: Machine, frame: Frame) -> Block:
    return cast(Block, machine.node(frame))
