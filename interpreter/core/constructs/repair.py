"""The repair of a run that has ended: what people have settled, then the undo of what is due, and the end.

It stands where the flow of another run does, and carries out nothing of that flow but its undos. It fails while
anything is left, with the list, so a repair leaves behind what any failed run does, and the next one begins with that.
Like every undo it is not cancelled, and no budget refuses it.
"""

from dataclasses import dataclass

from dsl.expressions.errors import EvaluationError
from interpreter.core import ledger, purses, repairs, reports
from interpreter.core.commands import Finish
from interpreter.core.constructs.calls import word_promise
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.undo import open_undo
from interpreter.core.events import Event, Received, Told
from interpreter.core.late_answers import OVER
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import DONE, Exit, Failure, FlowFailed, failed
from interpreter.core.recorded import recorded
from interpreter.core.state import Entry, Frame


@recorded
@dataclass(slots=True)
class RepairMemory(Memory):
    """`settled`: what people have said is taken note of."""

    settled: bool = False


class RepairConstruct(Construct[RepairMemory]):
    remembers = RepairMemory
    node = None
    cancellable = False

    def enter(self, machine: Machine, frame: Frame) -> None:
        state, repair = machine.state, machine.state.repair
        assert repair is not None
        if not self.memory(frame).settled:
            purses.open_purse(machine, frame, None)
            machine.note("started", frame, "run")
            self._settle(machine, frame)
        if not repair.undoes:
            self._finish(machine, frame, None)
            return
        for number, entry in enumerate(list(state.ledger.values())):
            if entry.promise is not None and "result" in entry.promise.names:
                self._word(machine, frame, entry, f"promise{number}.")
        due = [each for each in state.ledger.values() if each.state == "done" or self._is_due(machine, each)]
        for entry in due:
            entry.state = "uncertain" if entry.state == "uncertain" else "done"
        state.status = "undoing"
        if not open_undo(machine, frame, "/undo", state.flow, only=[each.path for each in due]):
            self.child(machine, frame, "", DONE)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        doubts = ledger.doubts(machine.state, machine.state.flow)
        self._finish(machine, frame, ledger.failure_of(doubts, machine.state.flow) if doubts else None)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        if isinstance(event, Told | Received):
            machine.reply(event.ticket, OVER)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._finish(machine, frame, failure)

    def _settle(self, machine: Machine, frame: Frame) -> None:
        """What cannot be settled was refused before, by the same rules; so it changes nothing here."""
        state, memory = machine.state, self.memory(frame)
        assert state.repair is not None
        for said in state.repair.resolutions:
            entries = list(state.ledger.values())
            try:
                entries = repairs.resolved(machine.definition, entries, said, state.now)
            except repairs.Unresolvable as problem:
                machine.note("refused", frame, "undo", name=said.path, detail=str(problem))
                continue
            state.ledger = {entry.path: entry for entry in entries}
            machine.note("resolved", frame, "undo", name=said.path, detail=_in_words(said.stands, said.by, said.note))
        memory.settled = True

    def _word(self, machine: Machine, frame: Frame, entry: Entry, slot: str) -> None:
        """The undo that waited for the answer of its step, now that somebody has said it."""
        assert entry.promise is not None
        try:
            ledger.put(entry, word_promise(machine, frame, entry.promise, slot))
            entry.state = "done"
        except (EvaluationError, FlowFailed) as error:
            entry.state, entry.reason = "undo_failed", f"the undo cannot be worded: {error}"
            entry.undo_tool = repairs.undone_by(entry)
        entry.promise = None

    def _is_due(self, machine: Machine, entry: Entry) -> bool:
        return repairs.standing(machine.definition, entry, machine.state.now) == "due"

    def _finish(self, machine: Machine, frame: Frame, failure: Failure | None) -> None:
        state = machine.state
        state.status, state.failure = "failed" if failure else "completed", failure
        told = state.status if failure is None else f"{failure.kind}: {failure.message}"
        machine.note("finished", frame, "run", detail=told)
        report = reports.completed(state, None) if failure is None else reports.failed(state, failure)
        machine.commands.append(Finish(report))
        machine.end(frame, DONE if failure is None else failed(failure))


def _in_words(stands: bool, by: str, note: str) -> str:
    return f"{'it stands' if stands else 'it does not stand'}, says {by}" + (f": {note}" if note else "")
