"""A step that calls a flow: a run of its own, with a lease on this budget; its ledger comes back with its value."""

from typing import cast

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Budget, Step
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import CANCELLED as CANCELLED_KIND
from interpreter.boundary.payloads import ChildReport
from interpreter.core import ledger, purses
from interpreter.core.commands import StartChild
from interpreter.core.constructs.calls import evaluate_arguments
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.events import ChildEnded, Event
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, Exit, Failure, done, failed
from interpreter.core.snapshot import decode
from interpreter.core.state import Amount, Frame


class FlowStepConstruct(Construct):
    """`memory`: `input` (plain JSON), `phase` (`reserving running`)."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, flow = _parts(machine, frame)
        frame.memory["input"] = to_wire(evaluate_arguments(machine, frame, step.call, flow.parameters))
        self.granted(machine, frame)

    def granted(self, machine: Machine, frame: Frame) -> None:
        _, flow = _parts(machine, frame)
        frame.memory["phase"] = "reserving"
        lease = purses.lease(machine.state, frame.purse, flow.budget or Budget())
        if not purses.reserve(machine, frame, purses.from_lease(lease)):
            return
        frame.memory["phase"] = "running"
        machine.issue(
            frame, StartChild(frame.path, flow.name, frame.memory["input"], lease, frame.path.split("/", 1)[-1])
        )
        machine.note("started", frame, "flow", detail=flow.name)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        assert type(event) is ChildEnded
        report = event.report
        spent = report.result.spent if report.result else report.spent
        purses.settle(machine, frame, purses.from_spent(spent) if spent else cast(Amount, frame.memory["reserved"]))
        if report.outcome == "completed":
            self._completed(machine, frame, report)
        elif report.outcome == "cancelled" and not frame.cancelling:
            message = f"the run of `{_parts(machine, frame)[1].name}` was cancelled"
            self._end(machine, frame, failed(Failure(CANCELLED_KIND, message, frame.path)))
        elif report.outcome == "cancelled":
            self._end(machine, frame, CANCELLED)
        else:
            self._end(machine, frame, failed(_failure(report, frame.path)))

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if purses.stop_waiting(machine, frame):
            self._end(machine, frame, CANCELLED)
        else:
            machine.interrupt(frame.path)

    def _completed(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        assert report.result is not None
        _, flow = _parts(machine, frame)
        machine.state.rehearsal = machine.state.rehearsal or report.result.rehearsal
        ledger.adopt(machine.state, report.result.ledger, frame.path, frame.started)
        value = report.result.value
        if flow.returns is not None:
            value = validate(value, flow.returns, machine.definition.types, references=True).value
        self._end(machine, frame, done(value))

    def _end(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        exit_ = unless_cancelled(frame, exit_)
        kinds = {"done": "completed", "failed": "failed", "cancelled": "cancelled"}
        detail = f"{exit_.failure.kind}: {exit_.failure.message}" if exit_.failure else ""
        machine.note(kinds[exit_.kind], frame, "flow", detail=detail)
        machine.end(frame, exit_)


def _parts(machine: Machine, frame: Frame) -> tuple[Step, FlowDeclaration]:
    step = cast(Step, machine.node(frame))
    return step, machine.definition.flows[step.call.target]


def _failure(report: ChildReport, path: str) -> Failure:
    failure = decode(report.failure)
    if type(failure) is Failure:
        return Failure(failure.kind, failure.message, path, failure.details, unknown=failure.unknown)
    return Failure("ChildFailed", str(report.failure), path)
