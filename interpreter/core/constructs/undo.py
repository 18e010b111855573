"""The undo of a scope: its entries one after the other, the latest first. Nothing cancels it, and no budget refuses it.

An undo that fails is noted in its entry and does not stop the others.
"""

from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.tool_call import open_call
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE, Exit
from interpreter.core.state import Entry, Frame


class UndoConstruct(Construct):
    """`memory`: `scope`, and the path of the entry that is `undoing`."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        waiting = ledger.to_undo(machine.state, frame.memory["scope"])
        if not waiting:
            machine.end(frame, DONE)
            return
        entry = waiting[0]
        assert entry.undo_tool is not None
        frame.memory["undoing"] = entry.path
        machine.note("undoing", frame, "undo", name=entry.path, detail=entry.undo_tool)
        segment = f"/{entry.path}"
        id_, key = f"{entry.path}/undo", f"{entry.key}/undo"
        open_call(machine, frame, segment, entry.undo_tool, entry.undo_arguments, id_=id_, key=key)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        entry = _entry(machine, frame)
        if exit_.kind == "done":
            entry.state = "undone"
            machine.note("undone", frame, "undo", name=entry.path)
        else:
            entry.state = "undo_failed"
            entry.reason = f"{exit_.failure.kind}: {exit_.failure.message}" if exit_.failure else exit_.kind
            machine.note("undo_failed", frame, "undo", name=entry.path, detail=entry.reason)
        self.enter(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        """No cancel reaches an undo."""


def _entry(machine: Machine, frame: Frame) -> Entry:
    path = frame.memory["undoing"]
    return next(e for e in machine.state.ledger if e.path == path and e.state in ("done", "uncertain"))
