"""`parallel { }`: bare steps, bare approvals and named branches, side by side; its value is a record by branch."""

from typing import cast

from dsl.ast.address import label
from dsl.ast.shapes import shape
from dsl.ast.statements import Block, Branch, Parallel
from dsl.expressions.values import Value
from interpreter.core.constructs.fan import FanConstruct, FanMemory
from interpreter.core.machine import Machine
from interpreter.core.state import Frame


class ParallelConstruct(FanConstruct[FanMemory]):
    remembers = FanMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = _node(machine, frame)
        for position, branch in enumerate(node.branches):
            if type(branch) is Branch:
                machine.open(frame, f"/{branch.name}", scope=True, exports=not node.keep_going)
            else:
                machine.open(frame, f"/{label(branch, position)}")
        self.go_on(machine, frame)

    def keeps_going(self, machine: Machine, frame: Frame) -> bool:
        return _node(machine, frame).keep_going

    def branch_key(self, frame: Frame, child: str) -> str:
        return child.removeprefix(frame.path + "/")

    def succeeded(self, machine: Machine, frame: Frame, child: str, value: Value) -> None:
        """A bare step's result is a name of the block around."""
        branch = machine.node_at(f"{frame.address}/{self.branch_key(frame, child)}")
        name = None if type(branch) is Block else shape(branch).result(branch)
        if name is not None:
            machine.bind(frame, name, value)

    def result(self, machine: Machine, frame: Frame) -> Value:
        results = self.memory(frame).results
        keys = [label(branch, i) for i, branch in enumerate(_node(machine, frame).branches)]
        return {key: results.get(key) for key in keys}


def _node(machine: Machine, frame: Frame) -> Parallel:
    return cast(Parallel, machine.node(frame))
