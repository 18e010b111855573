"""`try … on error`: the first handler whose condition holds; what the `try` did is undone before the handler runs.

Not caught: a cancel, and the exhaustion of a budget from outside the `try`. What leaves the world in doubt (an outcome
that nobody knows, a run that was lost, an undo that failed) is caught only by a handler whose condition names the kind:
a rule about its text, because a condition that just happens to be true was not written with that in mind. A `try` that
succeeds leaves its entries in the ledger for those around it.
"""

from typing import cast

from dsl.ast.expressions import Expression, Literal
from dsl.ast.node import walk
from dsl.ast.statements import Try
from interpreter.boundary.failures import BUDGET_EXCEEDED, OUTCOME_UNKNOWN, UNDO_FAILED
from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, failed
from interpreter.core.state import Frame

_DOUBTS = frozenset({OUTCOME_UNKNOWN, UNDO_FAILED})


class TryConstruct(Construct):
    """`memory`: `phase` (`body undoing handling`), `handler` (counted from 1), `error` (the record that the handler
    binds), `since` (how long the ledger was).
    """

    def enter(self, machine: Machine, frame: Frame) -> None:
        frame.memory.update(phase="body", since=len(machine.state.ledger))
        machine.open(frame, "/body")

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if frame.memory["phase"] != "undoing":
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if frame.memory["phase"] == "body":
            self._body_ended(machine, frame, exit_)
        elif frame.memory["phase"] == "undoing" and exit_.failure is not None:
            machine.end(frame, unless_cancelled(frame, failed(after(exit_.failure, frame.memory["error"]))))
        elif frame.memory["phase"] == "undoing":
            self._handle(machine, frame)
        else:
            machine.end(frame, unless_cancelled(frame, exit_))

    def _body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        handler = self._handler_for(machine, frame, exit_.failure) if exit_.failure and not frame.cancelling else None
        if handler is None or exit_.failure is None:
            machine.end(frame, unless_cancelled(frame, exit_))
            return
        frame.memory.update(handler=handler, error=exit_.failure.as_value(), phase="undoing")
        scope, since = f"{frame.path}/body", frame.memory["since"]
        if exit_.failure.kind == UNDO_FAILED:
            ledger.accept(machine.state, scope, since)
        if not open_undo(machine, frame, "/undo", scope, since):
            self._handle(machine, frame)

    def _handle(self, machine: Machine, frame: Frame) -> None:
        if frame.cancelling:
            machine.end(frame, Exit("cancelled"))
            return
        frame.memory["phase"] = "handling"
        node, number = cast(Try, machine.node(frame)), frame.memory["handler"]
        block = machine.open(frame, f"/on{number}", scope=True)
        name = node.handlers[number - 1].name
        if name is not None:
            block.values[name] = frame.memory["error"]

    def _handler_for(self, machine: Machine, frame: Frame, failure: Failure) -> int | None:
        if (
            failure.kind == BUDGET_EXCEEDED
            and failure.purse is not None
            and not ledger.below(failure.purse, frame.path)
        ):
            return None
        error, in_doubt = failure.as_value(), failure.unknown or failure.kind in _DOUBTS
        for number, handler in enumerate(cast(Try, machine.node(frame)).handlers, 1):
            if in_doubt and not _names(handler.condition, failure.kind):
                continue
            if handler.condition is None:
                return number
            extra = {handler.name: error} if handler.name else {}
            if machine.evaluate(frame, f"handler{number}", handler.condition, extra):
                return number
        return None


def _names(condition: Expression | None, kind: str) -> bool:
    """Whether the text of a condition mentions the kind."""
    return condition is not None and any(type(node) is Literal and node.value == kind for node in walk(condition))
