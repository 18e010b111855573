"""`try … on error`: the first handler whose condition holds; what the `try` did is undone before the handler runs.

Not caught: a cancel, and the exhaustion of a budget from outside the `try`. A `try` that succeeds leaves its entries in
the ledger for those around it.
"""

from typing import cast

from dsl.ast.statements import Try
from interpreter.boundary.failures import BUDGET_EXCEEDED, OUTCOME_UNKNOWN
from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.state import Frame


class TryConstruct(Construct):
    """`memory`: `phase` (`body undoing handling`), `handler` (counted from 1), `error` (the record that the handler
    binds).
    """

    def enter(self, machine: Machine, frame: Frame) -> None:
        frame.memory["phase"] = "body"
        machine.open(frame, "/body")

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if frame.memory["phase"] != "undoing":
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if frame.memory["phase"] == "body":
            self._body_ended(machine, frame, exit_)
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
        scope = f"{frame.path}/body"
        if ledger.to_undo(machine.state, scope):
            machine.open(frame, "/undo", "Undo", address="", memory={"scope": scope})
        else:
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
        error = failure.as_value()
        for number, handler in enumerate(cast(Try, machine.node(frame)).handlers, 1):
            if handler.condition is None:
                if failure.kind != OUTCOME_UNKNOWN:
                    return number
                continue
            extra = {handler.name: error} if handler.name else {}
            if machine.evaluate(frame, f"handler{number}", handler.condition, extra):
                return number
        return None
