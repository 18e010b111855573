"""`exclusive by account { }`: a block that is for so many at a time, of all runs. It has its lock until its end."""

from dataclasses import dataclass
from typing import Literal, cast

from dsl.ast.statements import ExclusiveBlock
from interpreter.core import locks
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.events import Acquired, Event
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Exit, failed
from interpreter.core.recorded import recorded
from interpreter.core.staging import is_staged
from interpreter.core.state import Frame

SCOPE = "block"
"""Blocks with the same value exclude each other, in whatever flow they stand."""


@recorded
@dataclass(slots=True)
class ExclusiveBlockMemory(Memory):
    phase: Literal["waiting", "body"] = "waiting"


class ExclusiveBlockConstruct(Construct[ExclusiveBlockMemory]):
    remembers = ExclusiveBlockMemory
    node = "exclusive"

    def enter(self, machine: Machine, frame: Frame) -> None:
        """A staged run does nothing, so it keeps nobody out."""
        node = _node(machine, frame)
        if is_staged(machine.state):
            self._begin(machine, frame)
            return
        locks.ask(machine, frame, SCOPE, machine.evaluate(frame, "by", node.by), node.up_to, node.within)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        if self.memory(frame).phase != "waiting":
            return
        if type(event) is not Acquired:
            if locks.asks_again(machine, frame):
                return
            locks.leave(machine, frame)
            machine.end(frame, failed(locks.timed_out(frame, _node(machine, frame).within)))
            return
        locks.is_held(machine, frame)
        self._begin(machine, frame)

    def _begin(self, machine: Machine, frame: Frame) -> None:
        self.memory(frame).phase = "body"
        machine.open(frame, "/body")

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).phase == "waiting":
            locks.leave(machine, frame)
            machine.end(frame, CANCELLED)
        else:
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        machine.end(frame, unless_cancelled(frame, exit_))

    def detail(self, frame: Frame) -> str:
        return locks.WAITS if self.memory(frame).phase == "waiting" else ""

    def doing(self, frame: Frame) -> str:
        waiting = not frame.cancelling and self.memory(frame).phase == "waiting"
        return "waiting" if waiting else super().doing(frame)


def _node(machine: Machine, frame: Frame) -> ExclusiveBlock:
    return cast(ExclusiveBlock, machine.node(frame))
