"""`parallel for item in items up to N`: the body is the branch, `yield` its value; results in the order of the input.
Of a `race for` those that came first, in the order in which they came.

Branches are started a few at a time, and those that have started go on before the next are: so a list of many thousands
whose branches end at once holds only a few of them at any moment.
"""

from dataclasses import dataclass, field
from typing import cast

from dsl.ast.statements import ParallelFor
from dsl.expressions.values import Value
from interpreter.core import batches
from interpreter.core.chosen import INVALID_LIMIT
from interpreter.core.constructs.fan import FanConstruct, withdrawn
from interpreter.core.constructs.items import Items, begin_items, next_item
from interpreter.core.fan_memory import FanMemory
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, FlowFailed
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame

MOST_STARTED = 50
"""Branches that are started together."""


@recorded
@dataclass(slots=True)
class ParallelForMemory(FanMemory):
    """`up_to` is how many may run at once."""

    items: Items = field(default_factory=Items)
    up_to: int = 1

    @property
    def begins_more(self) -> bool:
        return self.starting or not self.items.done

    @property
    def items_in_all(self) -> int:
        return self.items.length


class ParallelForConstruct(FanConstruct[ParallelForMemory]):
    remembers = ParallelForMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        source = machine.evaluate(frame, "source", node.source)
        begin_items(machine, frame, memory.items, source, node.at_most)
        up_to = max(memory.items.length, 1)
        if node.up_to is not None:
            up_to = cast(int, machine.evaluate(frame, "up_to", node.up_to))
        if type(up_to) is not int or up_to < 1:
            raise FlowFailed(Failure(INVALID_LIMIT, f"`up to` needs at least 1, not {up_to}", frame.path))
        if node.up_to_at_most is not None and up_to > node.up_to_at_most:
            words = f"`up to` is {up_to} here, and {node.up_to_at_most} is the most"
            details = {"limit": "up to", "allowed": node.up_to_at_most, "wanted": up_to}
            raise FlowFailed(Failure(INVALID_LIMIT, words, frame.path, details))
        memory.up_to = up_to
        self.can_be_won(machine, frame)
        self.go_on(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if batches.is_one(machine, frame, child):
            batches.forget(machine, frame, child)
            self.go_on(machine, frame)
        else:
            super().child(machine, frame, child, exit_)

    def branches(self, machine: Machine, frame: Frame) -> int:
        return self.memory(frame).items.length

    def go_on(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        batches.ask_again_whether_to_go(machine, frame)
        if self.stopping(frame) or memory.items.done:
            super().go_on(machine, frame)
        elif _under_way(machine, frame) < memory.up_to or self.waits_to_look(machine, frame):
            self.start_soon(machine, frame)

    def start(self, machine: Machine, frame: Frame) -> None:
        """Start some branches. A task of its own: it suspends when items have to be fetched."""
        memory, variable = self.memory(frame), _node(machine, frame).variable
        self.look_whether_to_stop(machine, frame)
        for _ in range(min(MOST_STARTED, memory.up_to - _under_way(machine, frame))):
            if self.stopping(frame) or memory.items.done:
                break
            index = memory.items.next
            item = next_item(machine, frame, memory.items)
            branch = machine.open(frame, f"[{index}]", address="[]", scope=True)
            branch.values[variable] = item
        memory.starting = False
        self.go_on(machine, frame)

    def branch_key(self, frame: Frame, child: str) -> str:
        return child.removeprefix(frame.path)[1:-1]

    def won(self, key: str, value: Value) -> Value:
        return value

    def so_far(self, machine: Machine, frame: Frame) -> Value:
        results = self.memory(frame).results
        return [results[key] for key in sorted(results, key=int)]

    def result(self, machine: Machine, frame: Frame) -> Value:
        memory, stops = self.memory(frame), _node(machine, frame).stop_when is not None
        places = range(memory.items.length)
        if not stops:
            return [memory.results.get(str(place)) for place in places]
        return [memory.results.get(str(place)) or withdrawn(f"{frame.path}[{place}]") for place in places]


class RaceForConstruct(ParallelForConstruct):
    node = "race"
    place = "race"


def _under_way(machine: Machine, frame: Frame) -> int:
    """How many branches, and undos of branches, are under way."""
    return len(frame.children) - batches.count(machine, frame)


def _node(machine: Machine, frame: Frame) -> ParallelFor:
    return cast(ParallelFor, machine.node(frame))
