"""What `parallel` and `parallel for` share: branches side by side, and what happens when one fails.

One failure cancels the others, waits for them, then fails. With `keep going` a failed branch is undone by itself and
its outcome recorded; the exhaustion of a budget further out is an outcome too, because each branch is refused on its
own.
"""

from typing import Any

from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit, Failure, done, failed
from interpreter.core.state import Frame


class FanConstruct(Construct):
    """`memory`: `results` (by branch), `failure` (the first one), `keep_going`."""

    def begin(self, frame: Frame, *, keep_going: bool) -> None:
        frame.memory.update(results={}, failure=None, keep_going=keep_going)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if not child.endswith("/undo"):
            self._branch_ended(machine, frame, child, exit_)
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
            if ledger.to_undo(machine.state, child):
                machine.open(
                    frame, child.removeprefix(frame.path) + "/undo", "Undo", address="", memory={"scope": child}
                )
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
