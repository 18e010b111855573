"""`loop NAME budget … { } on exhausted { }`: until it is left, or its budget is used up.

An iteration's scope is its frame, so nothing of it stays when the next one starts. With `every` a round is due at a
fixed rate (`interpreter.core.rounds`); the end of its rounds or of its time is the loop's normal end, and what a round
has done stays done when it is over. With `keep going` a round that fails is undone by itself and the next one comes,
unless it leaves a doubt behind, or a budget further out is used up. A loop that is bounded by its time
only, and asks for nothing outside, waits for that time to pass: it pauses for longer and longer. Where no time ends it
either, because what it may spend is not spent by its rounds, it ends after so many of them in vain.
"""

from typing import cast

from dsl.ast.statements import Block, Loop
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core import chosen, ledger, lefts, more, purses
from interpreter.core.budgeted_memory import SHORTEST_PAUSE, LoopMemory
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.budgeted import BudgetedConstruct
from interpreter.core.constructs.parks import Given
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.events import Event, TimerFired
from interpreter.core.joins import KEEP_GOING, judge
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure, failed
from interpreter.core.rounds import next_tick
from interpreter.core.state import Frame
from interpreter.core.wording import title

MOST_IDLE = 1_000
MOST_IN_VAIN = 100_000
LONGEST_PAUSE = 1.0


class LoopConstruct(BudgetedConstruct[LoopMemory]):
    remembers = LoopMemory
    node = "loop"
    place = "loop"

    def enter(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        assert node.budget is not None
        every = None if node.every is None else chosen.length(machine, frame, "every", node.chosen_every, node.every)
        memory.most = self.begin(machine, frame, node.budget).iterations
        memory.began, memory.every = machine.state.now, every
        self._next(machine, frame)

    def body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        memory, node = self.memory(frame), _node(machine, frame)
        meant = exit_.label in (None, node.name)
        if memory.failure is not None:
            self._undone(machine, frame, exit_)
            return
        if node.every is not None and exit_.failure is None and exit_.kind != "cancelled":
            ledger.commit(machine.state, self._round(frame), frame.opened)
        if exit_.kind == "break" and meant:
            self.finish(machine, frame, DONE)
        elif exit_.kind == "done" or (exit_.kind == "continue" and meant):
            self._next(machine, frame)
        elif exit_.failure is not None and node.keep_going:
            self._round_failed(machine, frame, exit_)
        else:
            self.finish(machine, frame, exit_)

    # -- rounds that have failed

    def _round_failed(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        failure = exit_.failure
        assert failure is not None
        round_ = self._round(frame)
        doubts = ledger.doubts(machine.state, round_, frame.opened)
        judgement = judge(round_, exit_, doubts, KEEP_GOING, stopping=False)
        if judgement.what == "failure" and not ledger.is_of_a_budget_outside(failure, frame.path):
            words = f"{failure.kind}: {failure.message}"
            machine.note("gathered", frame, "loop", attempt=self.memory(frame).next, detail=words)
            self._undo_round(machine, frame, failure)
        else:
            self.finish(machine, frame, failed(judgement.failure or failure))

    def _undo_round(self, machine: Machine, frame: Frame, failure: Failure, *, last: bool = False) -> None:
        memory, round_ = self.memory(frame), self._round(frame)
        memory.failure, memory.over = failure, last
        if not open_undo(machine, frame, f"{round_.removeprefix(frame.path)}/undo", round_, frame.opened):
            self._undone(machine, frame, DONE)

    def _undone(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        memory = self.memory(frame)
        failure, memory.failure = memory.failure, None
        assert failure is not None
        if exit_.failure is not None:
            self.finish(machine, frame, failed(after(exit_.failure, failure)))
        elif memory.over:
            self.over(machine, frame, DONE)
        else:
            self._next(machine, frame)

    def _round(self, frame: Frame) -> str:
        return f"{frame.path}[{self.memory(frame).next - 1}]"

    # -- events

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        memory = self.memory(frame)
        if type(event) is TimerFired and event.id == memory.pause:
            memory.pause = ""
            if _node(machine, frame).every is None:
                self._next(machine, frame)
            else:
                self._begin_round(machine, frame)
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

    def exhausted(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        """Rounds that come at a fixed rate end so. A round that the end of the time cut off is undone."""
        node = _node(machine, frame)
        limit = failure.details.get("limit") if type(failure.details) is dict else None
        doubts = ledger.doubts(machine.state, frame.path, frame.opened)
        if node.every is None or node.on_exhausted is not None or limit not in ("iterations", "time") or doubts:
            super().exhausted(machine, frame, failure)
            return
        purses.close_purse(machine, frame)
        self._undo_round(machine, frame, failure, last=True)

    def over(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """People are told: a loop looks the same between two of its rounds and after the last."""
        kind = exit_.kind if exit_.kind in ("failed", "cancelled") else "completed"
        machine.note(kind, frame, "loop", attempt=self.memory(frame).next)
        super().over(machine, frame, exit_)

    def _next(self, machine: Machine, frame: Frame) -> None:
        node, memory = _node(machine, frame), self.memory(frame)
        assert node.budget is not None
        index = memory.next
        if memory.most is None:
            memory.most = node.budget.iterations  # a state of before did not keep it
        name = f"`{node.name or 'loop'}`"
        if index == memory.most:
            self._no_more_rounds(machine, frame, f"{name} did not end within {index} iterations", index)
            return
        if memory.idle >= MOST_IN_VAIN and lefts.deadline(machine.state, frame.purse) is None:
            message = f"{name} went round {memory.idle} times and spent nothing of its budget"
            self._used_up(machine, frame, message, memory.idle)
            return
        if memory.most is None and self._only_waits(machine, memory):
            memory.seconds = min(memory.seconds * 2, LONGEST_PAUSE)
            memory.pause = f"{frame.path}!pause{index}"
            machine.issue(frame, SetTimer(memory.pause, machine.state.now + memory.seconds, "pause"))
            memory.issued = machine.state.issued
            return
        if node.every is None or self._is_due(machine, frame, (memory.every or node.every) / 1000):
            self._begin_round(machine, frame)

    def _is_due(self, machine: Machine, frame: Frame, every: float) -> bool:
        """Whether the next round is due now; else it is waited for."""
        memory = self.memory(frame)
        memory.tick = next_tick(memory.began, every, memory.tick, machine.state.now)
        due = memory.began + memory.tick * every
        if due <= machine.state.now:
            return True
        memory.pause = f"{frame.path}!tick{memory.tick}"
        machine.issue(frame, SetTimer(memory.pause, due, f"{title(frame.path)}: next round"))
        return False

    def _begin_round(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        index = memory.next
        memory.next += 1
        machine.note("iteration", frame, "loop", attempt=index + 1)
        machine.open(frame, f"[{index}]", address="[]", scope=True)

    def _no_more_rounds(self, machine: Machine, frame: Frame, message: str, rounds: int) -> None:
        if not more.may_ask(machine, machine.state.purses[frame.path]):
            self._used_up(machine, frame, message, rounds)
            return
        details = {"limit": "iterations", "allowed": rounds, "spent": rounds}
        self.memory(frame).short = Failure(BUDGET_EXCEEDED, message, frame.path, details, purse=frame.path)
        more.ask(machine, frame, "iterations", f"{message}. How many more may there be?")

    def given(self, machine: Machine, frame: Frame, short: Failure, given: Given | None) -> None:
        memory = self.memory(frame)
        expired, memory.expired = memory.expired, None
        if frame.cancelling:
            self.finish(machine, frame, CANCELLED)
        elif given is None or expired is not None:
            self.exhausted(machine, frame, expired or short)
        else:
            assert memory.most is not None
            memory.most += given["iterations"]
            self._next(machine, frame)

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
