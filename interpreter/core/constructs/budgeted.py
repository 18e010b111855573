"""What `loop` and `budget` share: a purse of their own, and what happens when it is used up.

The exhaustion of this purse stops here; that of one further out goes on outward. What is done `on exhausted` is done in
the belief that all that was begun is known, so it is not done beside a doubt.
"""

from typing import TypeVar, cast

from dsl.ast.people import Stage
from dsl.ast.statements import Block, Budget, BudgetBlock, Loop
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core import chosen, ledger, purses
from interpreter.core.budgeted_memory import BudgetedMemory
from interpreter.core.constructs.construct import unless_cancelled
from interpreter.core.constructs.parks import Parks
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, failed
from interpreter.core.parking import Parking
from interpreter.core.state import Frame

B = TypeVar("B", bound=BudgetedMemory)


class BudgetedConstruct(Parks[B]):
    node = "budget"

    def begin(self, machine: Machine, frame: Frame, budget: Budget) -> Budget:
        """With the limits that hold from now on. Raises `FlowFailed` where one cannot hold."""
        budget = chosen.limits(machine, frame, budget)
        purses.open_purse(machine, frame, budget)
        return budget

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        """The deadline of the purse."""
        self.memory(frame).expired = purses.expired(machine, frame)
        super().cancel(machine, frame)

    def asks(self, machine: Machine, frame: Frame) -> tuple[Stage, ...]:
        return cast(Loop | BudgetBlock, machine.node(frame)).asks

    def can_ask(self, frame: Frame) -> bool:
        return self.memory(frame).phase == "body" and self.memory(frame).expired is None

    def parking(self, frame: Frame) -> Parking:
        return self.memory(frame)

    def parks(self, frame: Frame) -> Parking:
        return self.memory(frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if self.memory(frame).phase == "exhausted":
            self.over(machine, frame, unless_cancelled(frame, exit_))
        else:
            super().child(machine, frame, child, exit_)

    def ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        """The body."""
        memory = self.memory(frame)
        expired, memory.expired = memory.expired, None
        if frame.cancelling:
            self.finish(machine, frame, exit_)
        elif expired is not None:
            self.exhausted(machine, frame, expired)
        elif exit_.failure is not None and exit_.failure.kind == BUDGET_EXCEEDED and exit_.failure.purse == frame.path:
            self.exhausted(machine, frame, exit_.failure)
        else:
            self.body_ended(machine, frame, exit_)

    def body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        self.finish(machine, frame, exit_)

    def on_exhausted(self, machine: Machine, frame: Frame) -> Block | None:
        raise NotImplementedError(type(self).__name__)

    def exhausted(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        machine.note("exhausted", frame, str(self.node), detail=failure.message)
        purses.close_purse(machine, frame)
        doubts = ledger.doubts(machine.state, frame.path, frame.opened)
        if self.on_exhausted(machine, frame) is None:
            self.over(machine, frame, failed(failure))
        elif doubts:
            self.over(machine, frame, failed(ledger.failure_of(doubts, frame.path, failure)))
        else:
            self.memory(frame).phase = "exhausted"
            machine.open(frame, "/exhausted")

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self.finish(machine, frame, failed(failure))

    def finish(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        purses.close_purse(machine, frame)
        self.over(machine, frame, unless_cancelled(frame, exit_))

    def over(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        machine.end(frame, exit_)
