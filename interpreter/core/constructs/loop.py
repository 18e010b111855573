"""`loop NAME budget … { } on exhausted { }`: until it is left, or its budget is used up.

An iteration's scope is its frame, so nothing of it stays when the next one starts.
"""

from typing import cast

from dsl.ast.statements import Block, Loop
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core.constructs.budgeted import BudgetedConstruct
from interpreter.core.constructs.for_ import SHORT_PAUSE
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit, Failure
from interpreter.core.state import Frame

LONG_PAUSE = 1.0


class LoopConstruct(BudgetedConstruct):
    """`memory`: also `next`, the number of the iteration to come, and `pause`, the length of the latest one."""

    node_kind = "loop"

    def enter(self, machine: Machine, frame: Frame) -> None:
        budget = _node(machine, frame).budget
        assert budget is not None
        self.begin(machine, frame, budget)
        frame.memory["next"] = 0
        self._next(machine, frame)

    def body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        meant = exit_.label in (None, _node(machine, frame).name)
        if exit_.kind == "break" and meant:
            self.finish(machine, frame, DONE)
        elif exit_.kind == "done" or (exit_.kind == "continue" and meant):
            self._next(machine, frame)
        else:
            self.finish(machine, frame, exit_)

    def on_exhausted(self, machine: Machine, frame: Frame) -> Block | None:
        return _node(machine, frame).on_exhausted

    def _next(self, machine: Machine, frame: Frame) -> None:
        node, index = _node(machine, frame), frame.memory["next"]
        assert node.budget is not None
        if index == node.budget.iterations:
            message = f"`{node.name or 'loop'}` did not end within {index} iterations"
            details = {"limit": "iterations", "allowed": index, "spent": index}
            self.exhausted(machine, frame, Failure(BUDGET_EXCEEDED, message, frame.path, details, purse=frame.path))
            return
        if machine.has_worked_long():
            self._pause(machine, frame, index)
            return
        frame.memory["next"] += 1
        machine.note("iteration", frame, "loop", attempt=index + 1)
        machine.open(frame, f"[{index}]", address="[]", scope=True)

    def _pause(self, machine: Machine, frame: Frame, index: int) -> None:
        """A loop that only waits for its time to pass waits longer and longer."""
        seconds = min(frame.memory.get("pause", SHORT_PAUSE) * 2, LONG_PAUSE)
        frame.memory["pause"] = seconds
        machine.open(frame, f"!pause{index}", "Pause", address="", memory={"seconds": seconds})


def _node(machine: Machine, frame: Frame) -> Loop:
    return cast(Loop, machine.node(frame))
