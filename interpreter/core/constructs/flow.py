"""The run itself: its input, its budget, its body; and at the end the undo of what it did, unless it completed.

A run does not end as if all were known while its ledger holds a doubt: however it would end, it fails with the list.
Nor does it end before what its calls have set aside under caps is settled, because nobody would do that after it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.people import Stage
from dsl.expressions.values import Value
from dsl.values.codec import dump
from dsl.values.validate import validate, validate_record
from interpreter.boundary.failures import INVALID_INPUT, INVALID_OUTPUT
from interpreter.core import arrivals, caps, chosen, discretion, ledger, more, purses, reports, reservations, telling
from interpreter.core.commands import Finish
from interpreter.core.constructs.calls import describe
from interpreter.core.constructs.parks import Parks
from interpreter.core.constructs.undo import open_undo
from interpreter.core.events import Event, Received, Settled, Told
from interpreter.core.late_answers import OVER
from interpreter.core.machine import ROOT, Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import CANCELLED, Exit, Failure, FlowFailed, failed
from interpreter.core.parking import Parking
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame


@recorded
@dataclass(slots=True)
class FlowMemory(Memory):
    """`exit` is how it ends when all is undone; `expired` is set when the time is over; `left`: the books of caps know
    that it ends; `parking` is there when people were asked for more of its budget."""

    phase: Literal["beginning", "running", "undoing", "settling"] = "beginning"
    exit: Exit | None = None
    expired: Failure | None = None
    left: bool = False
    parking: Parking | None = None


class FlowConstruct(Parks[FlowMemory]):
    remembers = FlowMemory
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        flow = _flow(machine)
        frame.fresh = False  # to be cancelled while it waits for a value, it is asked as one that has begun
        checked = validate_record(machine.state.input, flow.parameters, machine.definition.types)
        if checked.problems:
            raise FlowFailed(Failure(INVALID_INPUT, describe(checked.problems), machine.state.flow))
        frame.values.update(self._config(machine, flow) | checked.value)
        budget = None if flow.budget is None else chosen.limits(machine, frame, flow.budget)
        machine.state.input = None
        self.memory(frame).phase = "running"
        purses.begin_depth(machine.state, flow)
        purses.open_purse(machine, frame, budget, machine.state.lease)
        machine.note("started", frame, "run")
        machine.open(frame, machine.state.flow, "Block")

    def _config(self, machine: Machine, flow: FlowDeclaration) -> dict[str, Value]:
        """What it reads of the values of the deployment, under their names."""
        given = {
            each.name: machine.state.config[each.name] for each in flow.config if each.name in machine.state.config
        }
        checked = validate_record(given, flow.config, machine.definition.types)
        if checked.problems:
            words = f"the values of the deployment do not fit: {describe(checked.problems)}"
            raise FlowFailed(Failure(INVALID_INPUT, words, machine.state.flow))
        values: dict[str, Value] = checked.value
        return values

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        if type(event) is Told:
            telling.take(machine, event)
            return
        if type(event) is Received:
            self._received(machine, frame, event)
            return
        if type(event) is Settled or self.memory(frame).phase == "settling":
            self._settled(machine, frame)
            return
        self.memory(frame).expired = purses.expired(machine, frame)
        super().cancel(machine, frame)

    def _received(self, machine: Machine, frame: Frame, event: Received) -> None:
        if self.memory(frame).phase in ("undoing", "settling"):
            machine.reply(event.ticket, OVER)
        else:
            arrivals.take(machine, event)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        if self.memory(frame).phase == "running":
            machine.state.status = "cancelling"
            super().cancel(machine, frame)
        elif self.memory(frame).phase == "beginning":
            self._finish(machine, frame, CANCELLED)

    def asks(self, machine: Machine, frame: Frame) -> tuple[Stage, ...]:
        return _flow(machine).asks

    def can_ask(self, frame: Frame) -> bool:
        return self.memory(frame).phase == "running" and self.memory(frame).expired is None

    def parking(self, frame: Frame) -> Parking | None:
        return self.memory(frame).parking

    def parks(self, frame: Frame) -> Parking:
        memory = self.memory(frame)
        memory.parking = memory.parking or Parking()
        return memory.parking

    def ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        if memory.phase == "running":
            self._body_ended(machine, frame, exit_)
        else:
            assert memory.exit is not None
            self._finish(machine, frame, memory.exit)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._finish(machine, frame, failed(failure))

    def _body_ended(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        memory = self.memory(frame)
        expired, memory.expired = memory.expired, None
        if expired is not None and not frame.cancelling:
            exit_ = failed(expired)
        if exit_.kind in ("done", "return") and not frame.cancelling:
            exit_ = self._returned(machine, exit_.value)
        if exit_.kind == "return":
            self._finish(machine, frame, exit_)
            return
        if frame.cancelling:
            exit_ = Exit("cancelled")
        memory.exit, memory.phase = exit_, "undoing"
        machine.withdraw(purses.deadline_id(frame))
        if open_undo(machine, frame, "/undo", machine.state.flow):
            machine.state.status = "undoing"
        else:
            self._finish(machine, frame, exit_)

    def _returned(self, machine: Machine, value: object) -> Exit:
        """A run that leaves a doubt behind does not complete, whoever went on after that."""
        doubts = ledger.doubts(machine.state, machine.state.flow)
        if doubts:
            return failed(ledger.failure_of(doubts, machine.state.flow))
        returns = _flow(machine).returns
        if returns is None:
            return Exit("return", None)
        checked = validate(value, returns, machine.definition.types)
        if checked.problems:
            return failed(
                Failure(INVALID_OUTPUT, f"the result does not fit: {describe(checked.problems)}", machine.state.flow)
            )
        return Exit("return", checked.value)

    def _settled(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if memory.phase == "settling" and memory.exit is not None:
            self._finish(machine, frame, memory.exit)

    def _finish(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        state, failure, memory = machine.state, exit_.failure, self.memory(frame)
        if not caps.is_settling(state) and not memory.left:
            memory.left = True
            caps.leave(machine, frame)
        if caps.is_settling(state):
            machine.withdraw(purses.deadline_id(frame))
            memory.phase, memory.exit = "settling", exit_
            return
        if (doubts := ledger.doubts(state, state.flow)) and (failure is None or failure.kind not in ledger.DOUBTS):
            failure = ledger.failure_of(doubts, state.flow, failure)
        if failure is not None and failure.purse == ROOT and _flow(machine).asks and reservations.did_not_fit(failure):
            failure = replace(failure, purse=None) if more.is_its_own(state, failure) else failure
        state.status = "failed" if failure else "cancelled" if exit_.kind == "cancelled" else "completed"
        state.failure = failure
        machine.withdraw(purses.deadline_id(frame))
        told = state.status if failure is None else discretion.told(machine, frame, failure)
        machine.note("finished", frame, "run", detail=told)
        if failure is not None:
            machine.commands.append(Finish(reports.failed(state, failure)))
        elif state.status == "cancelled":
            machine.commands.append(Finish(reports.cancelled(state)))
        else:
            machine.commands.append(Finish(reports.completed(state, exit_.value), exact=dump(exit_.value)))
        machine.end(frame, exit_)


def _flow(machine: Machine) -> FlowDeclaration:
    return machine.definition.flows[machine.state.flow]
