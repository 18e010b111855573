"""`parallel for item in items up to N`: the body is the branch, `yield` its value; results in the order of the input.

Items are taken from the list one by one as their branches start, so a list behind a reference is never fetched whole.
"""

from typing import Any, cast

from dsl.ast.statements import ParallelFor
from interpreter.core.constructs.fan import FanConstruct
from interpreter.core.constructs.items import item_at, length_of
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame, Task

INVALID_LIMIT = "InvalidLimit"


class ParallelForConstruct(FanConstruct):
    """`memory`: also `source`, `length`, `next`, `up_to`."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(ParallelFor, machine.node(frame))
        source = machine.evaluate(frame, "source", node.source)
        length = length_of(machine, frame, source, node.at_most)
        up_to = machine.evaluate(frame, "up_to", node.up_to) if node.up_to is not None else max(length, 1)
        if up_to < 1:
            raise FlowFailed(Failure(INVALID_LIMIT, f"`up to` needs at least 1, not {up_to}", frame.path))
        self.begin(machine, frame, keep_going=node.keep_going)
        frame.memory.update(source=source, length=length, next=0, up_to=up_to)
        self.go_on(machine, frame)

    def go_on(self, machine: Machine, frame: Frame) -> None:
        memory = frame.memory
        if self.stopping(frame) or memory["next"] == memory["length"]:
            super().go_on(machine, frame)
        elif frame.suspended is None:
            machine.queue.append(Task("start", frame.path))

    def start(self, machine: Machine, frame: Frame) -> None:
        """Start branches up to the limit. A task of its own: it suspends when an item has to be fetched."""
        node, memory = cast(ParallelFor, machine.node(frame)), frame.memory
        while memory["next"] < memory["length"] and len(frame.children) < memory["up_to"]:
            index = memory["next"]
            item = item_at(machine, frame, memory["source"], index)
            memory["next"] += 1
            branch = machine.open(frame, f"[{index}]", address="[]", scope=True)
            branch.values[node.variable] = item
        super().go_on(machine, frame)

    def branch_key(self, frame: Frame, child: str) -> str:
        return child.removeprefix(frame.path)[1:-1]

    def result(self, machine: Machine, frame: Frame) -> Any:
        results = frame.memory["results"]
        return [results.get(str(index)) for index in range(frame.memory["length"])]
