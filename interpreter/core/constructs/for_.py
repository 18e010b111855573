"""`for item in items`: one after the other."""

from dataclasses import dataclass, field
from typing import cast

from dsl.ast.statements import For
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.items import Items, begin_items, next_item
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame


@recorded
@dataclass(slots=True)
class ForMemory(Memory):
    items: Items = field(default_factory=Items)


class ForConstruct(Construct[ForMemory]):
    remembers = ForMemory
    node = "for"
    place = "loop"

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(For, machine.node(frame))
        source = machine.evaluate(frame, "source", node.source)
        begin_items(machine, frame, self.memory(frame).items, source, node.at_most)
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
        node, items = cast(For, machine.node(frame)), self.memory(frame).items
        if items.done:
            machine.end(frame, DONE)
            return
        index = items.next
        item = next_item(machine, frame, items)
        iteration = machine.open(frame, f"[{index}]", address="[]", scope=True)
        iteration.values[node.variable] = item
        if node.index is not None:
            iteration.values[node.index] = index
