"""`loop NAME budget … { } on exhausted { }`: until it is left, or its budget is used up.

An iteration's scope is its frame, so nothing of it stays when the next one starts. A loop that is bounded by its time
only, and asks for nothing outside, waits for that time to pass: it pauses for longer and longer. Where no time ends it
either, because what it may spend is not spent by its rounds, it ends after so many of them in vain.
"""

from typing import cast

from dsl.ast.statements import Block, Loop
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core import lefts, purses
from interpreter.core.budgeted_memory import SHORTEST_PAUSE, LoopMemory
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.budgeted import BudgetedConstruct
from interpreter.core.events import Event, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure
from interpreter.core.state import Frame

MOST_IDLE = 1_000
MOST_IN_VAIN = 100_000
LONGEST_PAUSE = 1.0


class LoopConstruct(BudgetedConstruct[LoopMemory]):
    remembers = LoopMemory
    node = "loop"
    place = "loop"

    def enter(self, machine: Machine, frame: Frame) -> None:
        budget = _node(machine, frame).budget
        assert budget is not None
        self.begin(machine, frame, budget)
        self.memory(frame).most = budget.iterations
        self._next(machine, frame)

    def body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        meant = exit_.label in (None, _node(machine, frame).name)
        if exit_.kind == "break" and meant:
            self.finish(machine, frame, DONE)
        elif exit_.kind == "done" or (exit_.kind == "continue" and meant):
            self._next(machine, frame)
        else:
            self.finish(machine, frame, exit_)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        memory = self.memory(frame)
        if type(event) is TimerFired and event.id == memory.pause:
            memory.pause = ""
            self._next(machine, frame)
        elif memory.pause:
            machine.withdraw(memory.pause)
            self.exhausted(machine, frame, purses.expired(machine, frame))
        else:
            super().event(machine, frame, event)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).pause:
            machine.withdraw(self.memory(frame).pause)
            self.finish(machine, frame, CANCELLED)
        else:
            super().cancel(machine, frame)

    def on_exhausted(self, machine: Machine, frame: Frame) -> Block | None:
        return _node(machine, frame).on_exhausted

    def over(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """People are told: a loop looks the same between two of its rounds and after the last."""
        kind = exit_.kind if exit_.kind in ("failed", "cancelled") else "completed"
        machine.note(kind, frame, "loop", attempt=self.memory(frame).next)
        super().over(machine, frame, exit_)

    def _next(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        assert node.budget is not None
        index = memory.next
        name = f"`{node.name or 'loop'}`"
        if index == node.budget.iterations:
            self._used_up(machine, frame, f"{name} did not end within {index} iterations", index)
            return
        if memory.idle >= MOST_IN_VAIN and lefts.deadline(machine.state, frame.purse) is None:
            message = f"{name} went round {memory.idle} times and spent nothing of its budget"
            self._used_up(machine, frame, message, memory.idle)
            return
        if node.budget.iterations is None and self._only_waits(machine, memory):
            memory.seconds = min(memory.seconds * 2, LONGEST_PAUSE)
            memory.pause = f"{frame.path}!pause{index}"
            machine.issue(frame, SetTimer(memory.pause, machine.state.now + memory.seconds, "pause"))
            memory.issued = machine.state.issued
            return
        memory.next += 1
        machine.note("iteration", frame, "loop", attempt=index + 1)
        machine.open(frame, f"[{index}]", address="[]", scope=True)

    def _used_up(self, machine: Machine, frame: Frame, message: str, rounds: int) -> None:
        details = {"limit": "iterations", "allowed": rounds, "spent": rounds}
        self.exhausted(machine, frame, Failure(BUDGET_EXCEEDED, message, frame.path, details, purse=frame.path))

    def _only_waits(self, machine: Machine, memory: LoopMemory) -> bool:
        if memory.issued != machine.state.issued:
            memory.issued, memory.idle, memory.seconds = machine.state.issued, 0, SHORTEST_PAUSE
        memory.idle += 1
        return memory.idle % MOST_IDLE == 0


def _node(machine: Machine, frame: Frame) -> Loop:
    return cast(Loop, machine.node(frame))
