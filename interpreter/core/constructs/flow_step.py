"""A step that calls a flow: a run of its own, with a lease on this budget; its ledger comes back with its value."""

from dataclasses import replace
from typing import cast

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Budget, Step
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import BUDGET_EXCEEDED, UNDO_FAILED
from interpreter.boundary.failures import CANCELLED as CANCELLED_KIND
from interpreter.boundary.payloads import ChildReport
from interpreter.core import ledger, purses, reservations
from interpreter.core.commands import StartChild
from interpreter.core.constructs.calls import evaluate_arguments
from interpreter.core.constructs.construct import Construct, end_step
from interpreter.core.constructs.undo import after, undo_failed
from interpreter.core.events import ChildEnded, Event
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import CANCELLED, Failure, done, failed
from interpreter.core.snapshot import decode
from interpreter.core.state import Amount, Frame
from interpreter.core.wording import title


class FlowStepConstruct(Construct):
    """`memory`: `input` (plain JSON), `phase` (`reserving running`), `lent_by` (for each unit that is scarce here: the
    purse that is used up when the child has used up its lease).
    """

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, flow = _parts(machine, frame)
        frame.memory["input"] = to_wire(evaluate_arguments(machine, frame, step.call, flow.parameters))
        self._reserve(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        machine.starts_now(frame)
        self._reserve(machine, frame)

    def _reserve(self, machine: Machine, frame: Frame) -> None:
        _, flow = _parts(machine, frame)
        frame.memory["phase"] = "reserving"
        budget = flow.budget or Budget()
        lease = purses.lease(machine.state, frame.purse, budget)
        if not reservations.reserve(machine, frame, purses.from_lease(lease)):
            return
        frame.memory.update(phase="running", lent_by=purses.scarce(machine.state, frame.purse, budget))
        machine.issue(frame, StartChild(frame.path, flow.name, frame.memory["input"], lease, title(frame.path)))
        machine.note("started", frame, "flow", detail=flow.name)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        assert type(event) is ChildEnded
        report = event.report
        spent = report.result.spent if report.result else report.spent
        reservations.settle(
            machine, frame, purses.from_spent(spent) if spent else cast(Amount, frame.memory["reserved"])
        )
        if report.outcome == "completed":
            self._completed(machine, frame, report)
        elif report.outcome == "cancelled" and not frame.cancelling:
            message = f"the run of `{_parts(machine, frame)[1].name}` was cancelled"
            end_step(machine, frame, failed(Failure(CANCELLED_KIND, message)), "flow")
        elif report.outcome == "cancelled":
            end_step(machine, frame, CANCELLED, "flow")
        else:
            self._failed(machine, frame, report)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if frame.memory["phase"] == "reserving":
            reservations.stop_waiting(machine, frame)
            end_step(machine, frame, CANCELLED, "flow")
        else:
            machine.interrupt(frame.path)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        end_step(machine, frame, failed(failure), "flow")

    def _completed(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        assert report.result is not None
        _, flow = _parts(machine, frame)
        machine.state.rehearsal = machine.state.rehearsal or report.result.rehearsal
        ledger.adopt(machine.state, report.result.ledger, frame.path, frame.started)
        value = report.result.value
        if flow.returns is not None:
            value = validate(value, flow.returns, machine.definition.types).value
        end_step(machine, frame, done(value), "flow")

    def _failed(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        """What the child could not undo, or does not know, stands in this ledger too."""
        known = len(machine.state.ledger)
        ledger.adopt(machine.state, report.ledger, frame.path, frame.started)
        failure = _failure(report)
        broken = [entry.path for entry in machine.state.ledger[known:] if entry.state == "undo_failed"]
        if broken and failure.kind != UNDO_FAILED:
            failure = after(undo_failed(broken, frame.path), failure.as_value())
        if failure.kind == BUDGET_EXCEEDED and failure.purse == ROOT:
            failure = replace(failure, purse=frame.memory.get("lent_by", {}).get((failure.details or {}).get("limit")))
        else:
            failure = replace(failure, purse=None)
        end_step(machine, frame, failed(failure), "flow")


def _parts(machine: Machine, frame: Frame) -> tuple[Step, FlowDeclaration]:
    step = cast(Step, machine.node(frame))
    return step, machine.definition.flows[step.call.target]


def _failure(report: ChildReport) -> Failure:
    failure = decode(report.failure)
    return failure if type(failure) is Failure else Failure("ChildFailed", str(report.failure))
