"""`try … on error`: the first handler whose condition holds; what the `try` did is undone before the handler runs.

Not caught: a cancel, and the exhaustion of a budget from outside the `try`. Where the ledger holds a doubt about what
the `try` did (an outcome that nobody knows, an undo that failed), whatever error came of it, that doubt is what is to
be handled: only a handler that names each of its kinds, itself or in its condition, runs, and takes the doubts over.
Naming is a rule about its text, because a condition that just happens to be true was not written with that in mind.
They are taken over for as long as the handler does what it was written for: it begins when all else is undone, and one
that is cancelled, or breaks down otherwise than by its own `fail`, leaves them as open as they were. A condition that
has no value does not hold; that it has none is told beside the error that it was about. A `try` that succeeds leaves
its entries in the ledger for those around it.

`finally` comes last: after the handler, or after the body where none runs, and before anything further out is undone.
That it fails replaces no error, and is one where there was none: nothing is returned or left by a way that it blocks.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, cast

from dsl.ast.expressions import Literal as Constant
from dsl.ast.node import walk
from dsl.ast.statements import Handler, Try
from dsl.expressions.errors import EvaluationError
from interpreter.boundary.failures import OUTCOME_UNKNOWN, UNDO_FAILED
from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Exit, Failure, failed
from interpreter.core.recorded import recorded
from interpreter.core.state import Entry, Frame


@recorded
@dataclass(slots=True)
class TryMemory(Memory):
    """`handler` is counted from 1; `error` is the failure that it handles, `doubts` are the paths of those it names.
    `exit` is how it ends when its `finally` is over.
    """

    phase: Literal["body", "undoing", "handling", "leaving"] = "body"
    handler: int = 0
    error: Failure | None = None
    doubts: list[str] = field(default_factory=list)
    exit: Exit | None = None


class TryConstruct(Construct[TryMemory]):
    remembers = TryMemory
    node = "try"
    place = "try"

    def enter(self, machine: Machine, frame: Frame) -> None:
        machine.open(frame, "/body")

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).phase != "undoing":
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        if memory.phase == "body":
            self._body_ended(machine, frame, exit_)
        elif memory.phase == "undoing" and exit_.failure is not None:
            assert memory.error is not None
            self._leave(machine, frame, failed(after(exit_.failure, memory.error)))
        elif memory.phase == "undoing":
            self._handle(machine, frame)
        elif memory.phase == "handling":
            if exit_.kind == "cancelled" or (exit_.failure is not None and not exit_.failure.said):
                ledger.accept(machine.state, memory.doubts, accepted=False)
            self._leave(machine, frame, exit_)
        else:
            assert memory.exit is not None
            machine.end(frame, unless_cancelled(frame, _beside(memory.exit, exit_.failure)))

    def _leave(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """The `try` ends, when its `finally` is over."""
        memory = self.memory(frame)
        if cast(Try, machine.node(frame)).finally_ is None:
            machine.end(frame, unless_cancelled(frame, exit_))
            return
        memory.exit, memory.phase = exit_, "leaving"
        machine.open(frame, f"/{ledger.FINALLY}", "Finally", address="")

    def _body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        failure = exit_.failure
        if failure is None or frame.cancelling or ledger.is_of_a_budget_outside(failure, frame.path):
            self._leave(machine, frame, exit_)
            return
        scope = f"{frame.path}/body"
        doubts = ledger.doubts(machine.state, scope, frame.opened)
        known = not doubts or failure.kind in ledger.DOUBTS
        error = failure if known else ledger.failure_of(doubts, frame.path, failure)
        handler, error = self._handler_for(machine, frame, error, doubts)
        if handler is None:
            told = error.message.removeprefix(failure.message) if error.kind == failure.kind else ""
            self._leave(machine, frame, failed(replace(failure, message=failure.message + told)))
            return
        memory = self.memory(frame)
        memory.handler, memory.error, memory.phase = handler, error, "undoing"
        memory.doubts = [entry.path for entry in doubts]
        if not open_undo(machine, frame, "/undo", scope, frame.opened):
            self._handle(machine, frame)

    def _handle(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if frame.cancelling:
            self._leave(machine, frame, CANCELLED)
            return
        assert memory.error is not None
        memory.phase = "handling"
        ledger.accept(machine.state, memory.doubts)
        block = machine.open(frame, f"/on{memory.handler}", scope=True)
        name = cast(Try, machine.node(frame)).handlers[memory.handler - 1].name
        if name is not None:
            block.values[name] = memory.error.as_value()

    def _handler_for(
        self, machine: Machine, frame: Frame, error: Failure, doubts: list[Entry]
    ) -> tuple[int | None, Failure]:
        """The first handler that takes `error`, and the error with what is to be told of conditions without a value."""
        kinds = {UNDO_FAILED if entry.state == "undo_failed" else OUTCOME_UNKNOWN for entry in doubts}
        if error.kind in ledger.DOUBTS:
            kinds.add(error.kind)
        for number, handler in enumerate(cast(Try, machine.node(frame)).handlers, 1):
            if handler.kinds and error.kind not in handler.kinds:
                continue
            if not all(_names(handler, kind) for kind in sorted(kinds)):
                continue
            if handler.condition is None:
                return number, error
            extra = {handler.name: error.as_value()} if handler.name else {}
            try:
                if machine.evaluate(frame, f"handler{number}", handler.condition, extra):
                    return number, error
            except EvaluationError as mistake:
                told = f"; the condition of handler {number} has no value: {mistake.message}"
                error = replace(error, message=error.message + told)
        return None, error

    def doing(self, frame: Frame) -> str:
        return "undoing" if self.memory(frame).phase == "undoing" else super().doing(frame)


def _beside(exit_: Exit, failure: Failure | None) -> Exit:
    """How a `try` ends when its `finally` failed: an error on its way goes on, and the ledger tells of the other."""
    if failure is None or exit_.failure is not None or exit_.kind == "cancelled":
        return exit_
    return failed(failure)


def _names(handler: Handler, kind: str) -> bool:
    """Whether the handler is for this kind, or the text of its condition mentions it."""
    condition = handler.condition
    mentioned = condition is not None and any(type(node) is Constant and node.value == kind for node in walk(condition))
    return kind in handler.kinds or mentioned
