"""The undo of a scope: its entries one after the other, the latest first. Nothing cancels it, and no budget refuses it.

An undo that fails is noted in its entry and does not stop the others; the whole then ends failed, with the list. Of an
attempt that was not heard of again nothing is undone while it may still be at work: it would take effect afterwards. So
its settling time passes first, and a worker that still runs it does not undo it yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dsl.ast import defaults
from interpreter.boundary.failures import STILL_RUNNING, UNDO_FAILED
from interpreter.core import discretion, ledger, policies
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.tool_call import open_call
from interpreter.core.events import Event
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import DONE, Exit, Failure, failed
from interpreter.core.recorded import recorded
from interpreter.core.staging import note_captured
from interpreter.core.state import Entry, Frame
from interpreter.core.wording import title


@recorded
@dataclass(slots=True)
class UndoMemory(Memory):
    """`waiting` are the paths of entries, that which is being undone first; `broken` of those whose undo failed.
    `refused` counts how often the first was not undone yet because its call still runs, since `refused_at`.
    """

    waiting: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused: int = 0
    refused_at: float = 0.0


def open_undo(
    machine: Machine, frame: Frame, segment: str, scope: str, since: int = 0, only: Iterable[str] | None = None
) -> bool:
    """Undo what stands in the ledger for `scope`, or for the paths `only` in it, below `frame`. False: there is nothing
    to undo.
    """
    waiting = ledger.to_undo(machine.state, scope, since, only)
    if waiting:
        machine.open(frame, segment, "Undo", address="", memory=UndoMemory(waiting))
    return bool(waiting)


def after(failure: Failure, error: Failure) -> Failure:
    """The failure of an undo, with the error that made it necessary."""
    message = f"{failure.message}; before that {error.kind}: {error.message}"
    return replace(failure, message=message, details={**ledger.listed_in(failure), "before": error.as_value()})


_FINALLY = {"undoing": "started", "undone": "completed", "undo_failed": "failed"}


class UndoConstruct(Construct[UndoMemory]):
    remembers = UndoMemory
    node = "undo"
    place = "undo"
    cancellable = False

    def enter(self, machine: Machine, frame: Frame) -> None:
        self._next(machine, frame)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        entry = machine.state.ledger[memory.waiting[0]]
        if exit_.failure is not None and not exit_.failure.unknown:
            entry.tried_at = 0.0
        if exit_.failure is not None and exit_.failure.kind == STILL_RUNNING and self._is_patient(machine, memory):
            memory.refused += 1
            self._wait(machine, frame, entry, machine.state.now + policies.backoff(None, memory.refused) / 1000)
            return
        memory.refused = 0
        if exit_.kind == "done" and ledger.goes_on(entry):
            self._next(machine, frame)
            return
        memory.waiting.pop(0)
        if exit_.kind == "done":
            entry.state = "undone"
            self._tell(machine, frame, entry, "undone")
        else:
            reason = f"{exit_.failure.kind}: {exit_.failure.message}" if exit_.failure else exit_.kind
            self._broken(machine, frame, entry, reason)
        self._next(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        self._call(machine, frame, machine.state.ledger[self.memory(frame).waiting[0]])

    def _next(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        while memory.waiting:
            entry = machine.state.ledger[memory.waiting[0]]
            self._tell(machine, frame, entry, "undoing", entry.undo_tool or "")
            if entry.undo_arguments is not None:
                memory.refused_at = max(machine.state.now, entry.over_at)
                if entry.over_at > machine.state.now:
                    self._wait(machine, frame, entry, entry.over_at)
                else:
                    self._call(machine, frame, entry)
                return
            memory.waiting.pop(0)
            self._broken(machine, frame, entry, entry.reason)
        broken = [machine.state.ledger[path] for path in memory.broken]
        machine.end(frame, failed(_undo_failed(broken, frame.parent or "")) if broken else DONE)

    def _call(self, machine: Machine, frame: Frame, entry: Entry) -> None:
        assert entry.undo_tool is not None
        refused, first_at = self.memory(frame).refused, entry.tried_at or None
        entry.tried_at = entry.tried_at or machine.state.now
        if entry.staged:
            note_captured(machine, frame, "undo", entry.path, entry.undo_tool, entry.undo_arguments)
        place = ledger.place(entry)
        open_call(
            machine,
            frame,
            f"/{entry.path}",
            entry.undo_tool,
            entry.undo_arguments,
            id_=f"{entry.path}{place}" + (f"~refused{refused}" if refused else ""),
            key=f"{entry.key}{place}",
            verifies=entry.key if entry.state == "uncertain" else None,
            staged=entry.staged,
            first_at=first_at,
        )

    def _wait(self, machine: Machine, frame: Frame, entry: Entry, moment: float) -> None:
        """Until the attempt may be taken to have ended."""
        refused = self.memory(frame).refused
        timer = SetTimer(f"{entry.path}{ledger.place(entry)}!settle{refused}", moment, f"{title(entry.path)}: undo")
        machine.issue(frame, timer)

    def _is_patient(self, machine: Machine, memory: UndoMemory) -> bool:
        return machine.state.now - memory.refused_at < defaults.LONGEST_SETTLING / 1000

    def _broken(self, machine: Machine, frame: Frame, entry: Entry, reason: str) -> None:
        entry.state, entry.reason = "undo_failed", reason
        self.memory(frame).broken.append(entry.path)
        self._tell(machine, frame, entry, "undo_failed", discretion.words(machine, frame, reason))

    def _tell(self, machine: Machine, frame: Frame, entry: Entry, kind: str, detail: str = "") -> None:
        """What a `finally` does undoes nothing."""
        if entry.tool == ledger.FINALLY and frame.parent is not None:
            kind, node, frame = _FINALLY[kind], "finally", machine.state.frames[frame.parent]
        else:
            node = "undo"
        machine.note(kind, frame, node, name=entry.path, detail=detail)

    def doing(self, frame: Frame) -> str:
        return "undoing"


def _undo_failed(entries: list[Entry], path: str) -> Failure:
    """What nobody may take for undone: these steps. Only a handler that names the kind catches it."""
    details = {"undo_failed": [entry.path for entry in entries], "uncertain": [], "before": None}
    return Failure(UNDO_FAILED, ledger.not_undone(entries), path, details)
