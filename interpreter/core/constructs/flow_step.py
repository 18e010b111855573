"""A step that calls a flow: a run of its own, with a lease on this budget; its ledger comes back with every end.

A child that may have effects has an entry in the ledger from the moment it is asked for. Its own entries take the place
of that when it ends; where nobody can say what it did, the entry stays, uncertain.

One that is `detached` is a run of its own from the moment it has started: nothing of it stands in this ledger, all that
it is lent is charged, no deadline around it is its own, and neither a cancel nor the end of this run reaches it. So it
is not undone, and a cancel that comes while it is started waits until it has.
"""

from dataclasses import replace
from typing import cast

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Step
from dsl.definition.unseal import narrow
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.failures import CANCELLED as CANCELLED_KIND
from interpreter.boundary.payloads import ChildReport
from interpreter.core import caps, certainty, costs, heard_of_models, ledger, locks, purses, reservations
from interpreter.core.commands import StartChild
from interpreter.core.constructs.calls import evaluate_arguments, step_of
from interpreter.core.constructs.construct import Construct, end_step
from interpreter.core.events import ChildEnded, ChildStarted, Event
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import CANCELLED, Failure, done, failed
from interpreter.core.snapshot import decode
from interpreter.core.state import Frame
from interpreter.core.step_memory import FlowStepMemory
from interpreter.core.wording import title


class FlowStepConstruct(Construct[FlowStepMemory]):
    remembers = FlowStepMemory
    node = "flow"
    place = "child"

    def enter(self, machine: Machine, frame: Frame) -> None:
        step, flow = _parts(machine, frame)
        if not self.memory(frame).asked_for:
            self.memory(frame).input = to_wire(evaluate_arguments(machine, frame, step.call, flow.parameters))
        purses.check_depth(machine.state, flow, frame.path)
        self._reserve(machine, frame)

    def called(self, machine: Machine, frame: Frame) -> str:
        return _parts(machine, frame)[1].name

    def granted(self, machine: Machine, frame: Frame) -> None:
        machine.starts_now(frame)
        self._reserve(machine, frame)

    def _reserve(self, machine: Machine, frame: Frame) -> None:
        step, flow = _parts(machine, frame)
        state, memory = machine.state, self.memory(frame)
        agents = narrow(machine.definition, flow.name).agents.values()
        bound = purses.bound_of(state, flow, [model for agent in agents for model in agent.models])
        lease = purses.lease(state, frame.purse, bound, flow.usual, _beside(machine, frame))
        if step.detached:
            lease.deadline = None
        if not reservations.reserve(machine, frame, purses.from_lease(lease)):
            return
        memory.phase, memory.lent_by = "running", purses.scarce(state, frame.purse, bound)
        if not step.detached and _may_have_effects(machine, flow):
            ledger.open_entry(state, frame.path, flow.name, started=frame.started, counts=True, owes=True)
        heard = heard_of_models.so_far(state)
        summary, made_up = title(frame.path), state.rehearsal
        held = [] if step.detached else [*state.held, *locks.held_around(machine, frame)]
        machine.issue(
            frame, StartChild(frame.path, flow.name, memory.input, lease, summary, made_up, heard, step.detached, held)
        )
        machine.note("started", frame, "flow", detail=flow.name)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        assert frame.reserved is not None
        if type(event) is ChildStarted:
            costs.detached(machine.state, _parts(machine, frame)[1].name, frame.reserved)
            reservations.settle(machine, frame, frame.reserved)
            end_step(machine, frame, done(event.run), "flow")
            return
        assert type(event) is ChildEnded
        report = event.report
        spent = purses.from_spent(report.spent) if report.spent is not None else frame.reserved
        reservations.settle(machine, frame, spent)
        costs.adopt(machine.state, _parts(machine, frame)[1].name, report, spent)
        machine.state.rehearsal = machine.state.rehearsal or _rehearsed(report)
        heard_of_models.take_over(machine.state, report)
        self._adopt(machine, frame, report)
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
        if self.memory(frame).phase == "reserving":
            reservations.stop_waiting(machine, frame)
            end_step(machine, frame, CANCELLED, "flow")
        elif not _parts(machine, frame)[0].detached:
            machine.interrupt(frame.path)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        end_step(machine, frame, failed(failure), "flow")

    def _adopt(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        """What the child leaves behind stands in this ledger from now on."""
        entry = machine.state.ledger.get(frame.path)
        if report.ledger is None and entry is not None:
            entry.state, entry.reason = "uncertain", f"nobody can say what the run of `{entry.tool}` did"
            machine.note("uncertain", frame, "flow", detail=entry.tool)
        else:
            ledger.never_happened(machine.state, frame.path)
            ledger.adopt(machine.state, report.ledger or [], frame.path, frame.started)

    def _completed(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        assert report.result is not None
        _, flow = _parts(machine, frame)
        value = report.result.value
        if flow.returns is not None:
            value = validate(value, flow.returns, machine.definition.types).value
        end_step(machine, frame, done(value), "flow")

    def _failed(self, machine: Machine, frame: Frame, report: ChildReport) -> None:
        """A doubt that the child leaves behind is what its failure is about here."""
        failure = _failure(report)
        doubts = ledger.doubts(machine.state, frame.path, frame.opened)
        if doubts:
            failure = ledger.of_child(failure, doubts, frame.path)
        if failure.kind == BUDGET_EXCEEDED and failure.purse == ROOT:
            failure = self._lent(machine, frame, failure)
        else:
            failure = replace(failure, purse=None)
        end_step(machine, frame, failed(failure), "flow")

    def _lent(self, machine: Machine, frame: Frame, failure: Failure) -> Failure:
        """The child has used up what it was lent: by which purse here, where that had less than the child may spend."""
        details, state = failure.details or {}, machine.state
        if caps.is_reached(failure):
            return failure
        if details.get("limit") == "time":
            return replace(failure, purse=purses.lent_time_by(state, frame.purse, details.get("allowed")))
        path = self.memory(frame).lent_by.get(str(details.get("limit")))
        if path is None:
            return replace(failure, purse=None)
        message = f"{failure.message}; the budget of `{purses.shown(state.purses[path], frame.path)}` had no more left"
        return replace(failure, purse=path, message=message)

    def doing(self, frame: Frame) -> str:
        reserving = not frame.cancelling and self.memory(frame).phase == "reserving"
        return "waiting" if reserving else super().doing(frame)


def _parts(machine: Machine, frame: Frame) -> tuple[Step, FlowDeclaration]:
    step = step_of(machine, frame, cast(FlowStepMemory, frame.memory).asked_for)
    return step, machine.definition.flows[step.call.target]


def _beside(machine: Machine, frame: Frame) -> purses.Beside:
    frames, branches, steps = machine.state.frames, 1, 0
    while frame.parent is not None:
        frame = frames[frame.parent]
        if machine.table[frame.kind].side_by_side:
            branches *= max(1, len(frame.children))
            below = [frames[path] for path in frame.children if path in frames]
            steps += sum(machine.table[each.kind].is_one_call for each in below)
    return purses.Beside(branches, steps)


def _may_have_effects(machine: Machine, flow: FlowDeclaration) -> bool:
    """Whether anything that counts can be reached from `flow`."""
    reached = narrow(machine.definition, flow.name)
    return any(certainty.counts(tool) for tool in reached.tools.values())


def _rehearsed(report: ChildReport) -> bool:
    """Whether anything in it was made up, whatever its end: what follows here is not decided by anybody either."""
    return report.rehearsal or (report.result is not None and report.result.rehearsal)


def _failure(report: ChildReport) -> Failure:
    failure = decode(report.failure)
    return failure if type(failure) is Failure else Failure("ChildFailed", str(report.failure))
