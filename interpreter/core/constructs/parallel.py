"""`parallel { }` and `race { }`: bare steps, bare approvals and named branches, side by side.

The value of a `parallel` is a record by branch; that of a race says which branch has won, and what it came to.
"""

from typing import cast

from dsl.ast.address import label
from dsl.ast.shapes import shape
from dsl.ast.statements import Block, Branch, Parallel
from dsl.expressions.values import Value
from interpreter.core.constructs.fan import FanConstruct, has_outcomes, withdrawn
from interpreter.core.fan_memory import FanMemory
from interpreter.core.machine import Machine
from interpreter.core.state import Frame


class ParallelConstruct(FanConstruct[FanMemory]):
    remembers = FanMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = _node(machine, frame)
        for position, branch in enumerate(node.branches):
            if type(branch) is Branch:
                exports = not has_outcomes(node) and node.first is None
                machine.open(frame, f"/{branch.name}", scope=True, exports=exports)
            else:
                machine.open(frame, f"/{label(branch, position)}")
        self.can_be_won(machine, frame)
        self.go_on(machine, frame)

    def branches(self, machine: Machine, frame: Frame) -> int:
        return len(_node(machine, frame).branches)

    def branch_key(self, frame: Frame, child: str) -> str:
        return child.removeprefix(frame.path + "/")

    def succeeded(self, machine: Machine, frame: Frame, child: str, value: Value) -> None:
        """A bare step's result is a name of the block around."""
        branch = machine.node_at(f"{frame.address}/{self.branch_key(frame, child)}")
        name = None if type(branch) is Block else shape(branch).result(branch)
        if name is not None and _node(machine, frame).first is None:
            machine.bind(frame, name, value)

    def won(self, key: str, value: Value) -> Value:
        return {"branch": key, "value": value}

    def so_far(self, machine: Machine, frame: Frame) -> Value:
        results = self.memory(frame).results
        return {key: results.get(key) for key in _keys(machine, frame)}

    def result(self, machine: Machine, frame: Frame) -> Value:
        results, node = self.memory(frame).results, _node(machine, frame)
        if node.stop_when is None:
            return self.so_far(machine, frame)
        return {key: results.get(key) or withdrawn(f"{frame.path}/{key}") for key in _keys(machine, frame)}


class RaceConstruct(ParallelConstruct):
    node = "race"
    place = "race"


def _keys(machine: Machine, frame: Frame) -> list[str]:
    return [label(branch, position) for position, branch in enumerate(_node(machine, frame).branches)]


def _node(machine: Machine, frame: Frame) -> Parallel:
    return cast(Parallel, machine.node(frame))
