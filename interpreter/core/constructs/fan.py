"""What `parallel` and `parallel for` share: branches side by side, and what happens when one fails.

One failure cancels the others, waits for them, then fails. With `keep going` a failed branch is undone by itself and
its outcome recorded; the exhaustion of a budget further out is an outcome too, because each branch is refused on its
own. Only an undo that fails stops the others.
"""

from typing import Any

from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, done, failed
from interpreter.core.state import Frame


class FanConstruct(Construct):
    """`memory`: `results` (by branch), `failure` (the first one), `keep_going`, `undoing` (the undos that run), `since`
    (how long the ledger was).
    """

    def begin(self, machine: Machine, frame: Frame, *, keep_going: bool) -> None:
        since = len(machine.state.ledger)
        frame.memory.update(results={}, failure=None, keep_going=keep_going, undoing=[], since=since)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if child not in frame.memory["undoing"]:
            self._branch_ended(machine, frame, child, exit_)
        else:
            frame.memory["undoing"].remove(child)
            if exit_.failure is not None:
                error = frame.memory["results"][self.branch_key(frame, child.removesuffix("/undo"))]["error"]
                self._stop(machine, frame, after(exit_.failure, error))
        self.go_on(machine, frame)

    def go_on(self, machine: Machine, frame: Frame) -> None:
        """Start what waits, or end when nothing is left."""
        if not frame.children:
            failure = frame.memory["failure"]
            exit_ = failed(failure) if failure is not None else done(self.result(machine, frame))
            machine.end(frame, unless_cancelled(frame, exit_))

    def stopping(self, frame: Frame) -> bool:
        return frame.cancelling or frame.memory["failure"] is not None

    def succeeded(self, machine: Machine, frame: Frame, child: str, value: Any) -> None:
        """A branch ended with a value."""

    def branch_key(self, frame: Frame, child: str) -> str:
        raise NotImplementedError(type(self).__name__)

    def result(self, machine: Machine, frame: Frame) -> Any:
        raise NotImplementedError(type(self).__name__)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        if "failure" not in frame.memory:
            super().fail(machine, frame, failure)
            return
        self._stop(machine, frame, failure)
        self.go_on(machine, frame)

    def _branch_ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory, key = frame.memory, self.branch_key(frame, child)
        if exit_.failure is None:
            if exit_.kind != "cancelled":
                memory["results"][key] = _success(exit_.value) if memory["keep_going"] else exit_.value
                self.succeeded(machine, frame, child, exit_.value)
        elif memory["keep_going"] and not self.stopping(frame):
            memory["results"][key] = _failure(exit_.failure)
            if open_undo(machine, frame, child.removeprefix(frame.path) + "/undo", child, memory["since"]):
                memory["undoing"].append(f"{child}/undo")
        else:
            self._stop(machine, frame, exit_.failure)

    def _stop(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        if frame.memory["failure"] is None:
            frame.memory["failure"] = failure
            for path in tuple(frame.children):
                machine.cancel(path)


def _success(value: Any) -> dict[str, Any]:
    return {"ok": True, "value": value, "error": None}


def _failure(failure: Failure) -> dict[str, Any]:
    return {"ok": False, "value": None, "error": failure.as_value()}
