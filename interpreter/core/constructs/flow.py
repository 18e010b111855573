"""The run itself: its input, its budget, its body; and at the end the undo of what it did, unless it completed."""

from typing import Any

from dsl.ast.declarations import FlowDeclaration
from dsl.expressions.wire import to_wire
from dsl.values.codec import dump
from dsl.values.validate import validate, validate_record
from interpreter.boundary.failures import INVALID_INPUT, INVALID_OUTPUT
from interpreter.core import ledger, purses
from interpreter.core.commands import Finish
from interpreter.core.constructs.calls import describe
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.undo import open_undo, undo_failed
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, FlowFailed, failed
from interpreter.core.snapshot import encode
from interpreter.core.state import Frame


class FlowConstruct(Construct):
    """`memory`: `input`; `phase` (`running undoing`); `exit` while undoing; `expired` when the time is over."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        flow = _flow(machine)
        checked = validate_record(frame.memory.pop("input"), flow.parameters, machine.definition.types)
        if checked.problems:
            raise FlowFailed(Failure(INVALID_INPUT, describe(checked.problems), machine.state.flow))
        frame.values.update(checked.value)
        frame.memory["phase"] = "running"
        purses.open_purse(machine, frame, flow.budget, machine.state.lease)
        machine.note("started", frame, "run")
        machine.open(frame, machine.state.flow, "Block")

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        frame.memory["expired"] = purses.expired(machine, frame)
        super().cancel(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if frame.memory.get("phase") == "running":
            machine.state.status = "cancelling"
            super().cancel(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if frame.memory["phase"] == "running":
            self._body_ended(machine, frame, exit_)
        else:
            self._finish(machine, frame, frame.memory["exit"])

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._finish(machine, frame, failed(failure))

    def _body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        expired = frame.memory.pop("expired", None)
        if expired is not None and not frame.cancelling:
            exit_ = failed(expired)
        if exit_.kind in ("done", "return") and not frame.cancelling:
            exit_ = self._returned(machine, frame, exit_.value)
        if exit_.kind == "return":
            self._finish(machine, frame, exit_)
            return
        if frame.cancelling:
            exit_ = Exit("cancelled")
        frame.memory["exit"] = exit_
        frame.memory["phase"] = "undoing"
        machine.withdraw(purses.deadline_id(frame))
        if open_undo(machine, frame, "/undo", machine.state.flow):
            machine.state.status = "undoing"
        else:
            self._finish(machine, frame, exit_)

    def _returned(self, machine: Machine, frame: Frame, value: Any) -> Exit:
        """A run that left behind what it should have undone does not complete, whoever went on after that."""
        broken = ledger.not_undone(machine.state)
        if broken:
            return failed(undo_failed(broken, machine.state.flow))
        returns = _flow(machine).returns
        if returns is None:
            return Exit("return", None)
        checked = validate(to_wire(value), returns, machine.definition.types)
        if checked.problems:
            return failed(
                Failure(INVALID_OUTPUT, f"the result does not fit: {describe(checked.problems)}", machine.state.flow)
            )
        return Exit("return", checked.value)

    def _finish(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        failure = exit_.failure
        if exit_.kind == "cancelled" and (broken := ledger.not_undone(machine.state)):
            failure = undo_failed(broken, machine.state.flow)
        outcome = "failed" if failure else "cancelled" if exit_.kind == "cancelled" else "completed"
        machine.withdraw(purses.deadline_id(frame))
        machine.state.status = outcome
        machine.state.failure = failure
        machine.note(
            "finished", frame, "run", detail=outcome if failure is None else f"{failure.kind}: {failure.message}"
        )
        if outcome == "completed":
            machine.commands.append(Finish(outcome, to_wire(exit_.value), exact=dump(exit_.value)))
        else:
            machine.commands.append(Finish(outcome, failure=encode(failure) if failure else None))
        machine.end(frame, exit_)


def _flow(machine: Machine) -> FlowDeclaration:
    return machine.definition.flows[machine.state.flow]
