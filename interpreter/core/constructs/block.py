"""A block: its statements in turn. The results of named statements are bound in the scope around.

A race that lets the rest finish has its value while it goes on. The block waits for it at its end, however it is left:
with a failure, or when it is cancelled, what goes on is cancelled first. Where it comes to a failure itself, which is a
doubt, the statement that runs is cancelled, and the failure is the block's.
"""

from dataclasses import dataclass, field
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
    """`at` is the position of the statement that runs. `rest` are those that have said how they end and go on, which
    are awaited; `exit` is how the block ends when they are over.
    """

    at: int = -1
    rest: list[str] = field(default_factory=list)
    exit: Exit | None = None


class BlockConstruct(Construct[BlockMemory]):
    remembers = BlockMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        self._next(machine, frame)

    def goes_on(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        memory.rest.append(child)
        if memory.exit is None:
            self._ended(machine, frame, exit_)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        if child in memory.rest:
            memory.rest.remove(child)
            if exit_.failure is not None and (memory.exit is None or memory.exit.failure is None):
                self._leave(machine, frame, exit_)
            elif memory.exit is not None or frame.cancelling:
                self._leave(machine, frame, memory.exit or exit_)
        elif memory.exit is not None:
            self._leave(machine, frame, memory.exit)
        else:
            self._ended(machine, frame, exit_)

    def _ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """The statement that runs."""
        if exit_.kind != "done" or frame.cancelling:
            self._leave(machine, frame, exit_)
            return
        statement = _block(machine, frame).statements[self.memory(frame).at]
        name = shape(statement).result(statement)
        if name is not None:
            machine.bind(frame, name, exit_.value)
        self._next(machine, frame)

    def _leave(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """The block ends, when all that goes on in it is over. A failure ends that too."""
        if frame.children:
            self.memory(frame).exit = exit_
            if exit_.failure is not None:
                for path in tuple(frame.children):
                    machine.cancel(path)
            return
        if frame.exports and exit_.kind == "done" and not frame.cancelling:
            _export(machine, frame)
        machine.end(frame, unless_cancelled(frame, exit_))

    def _next(self, machine: Machine, frame: Frame) -> None:
        memory, block = self.memory(frame), _block(machine, frame)
        memory.at += 1
        at = memory.at
        if at < len(block.statements):
            machine.open(frame, f"/{label(block.statements[at], at)}")
        else:
            self._leave(machine, frame, DONE)


def _export(machine: Machine, frame: Frame) -> None:
    """What a branch defined is visible after its `parallel`."""
    assert frame.parent is not None
    scope = machine.scope_of(machine.state.frames[frame.parent])
    scope.values.update(frame.values)
    scope.variables.update(frame.variables)


def _block(machine: Machine, frame: Frame) -> Block:
    return cast(Block, machine.node(frame))
