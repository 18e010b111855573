"""`for item in items`: one after the other. A list behind a reference is asked for one item at a time."""

from typing import cast

from dsl.ast.statements import For
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.items import item_at, length_of
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.state import Frame

SHORT_PAUSE = 0.001


class ForConstruct(Construct):
    """`memory`: `source`, `length`, `next` (the index of the item to come)."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(For, machine.node(frame))
        source = machine.evaluate(frame, "source", node.source)
        length = length_of(machine, frame, source, node.at_most)
        frame.memory.update(source=source, length=length, next=0)
        self._next(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        innermost = exit_.label is None
        if frame.cancelling or (exit_.kind == "break" and innermost):
            machine.end(frame, unless_cancelled(frame, DONE))
        elif exit_.kind == "done" or (exit_.kind == "continue" and innermost):
            self._next(machine, frame)
        else:
            machine.end(frame, exit_)

    def _next(self, machine: Machine, frame: Frame) -> None:
        node, index = cast(For, machine.node(frame)), frame.memory["next"]
        if index == frame.memory["length"]:
            machine.end(frame, DONE)
            return
        if machine.has_worked_long():
            machine.open(frame, f"!pause{index}", "Pause", address="", memory={"seconds": SHORT_PAUSE})
            return
        item = item_at(machine, frame, frame.memory["source"], index)
        frame.memory["next"] += 1
        iteration = machine.open(frame, f"[{index}]", address="[]", scope=True)
        iteration.values[node.variable] = item
        if node.index is not None:
            iteration.values[node.index] = index
