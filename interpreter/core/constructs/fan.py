"""What `parallel` and `parallel for` share: branches side by side, and a join that says when they are done.

A branch whose failure is gathered is undone by itself. The first failure that stops the fan cancels the other branches,
waits for them, and is the fan's own.
"""

from dataclasses import dataclass, field
from typing import TypeVar

from dsl.expressions.values import Value
from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct, unless_cancelled
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.joins import judge
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Exit, Failure, done, failed
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame


@recorded
@dataclass(slots=True)
class FanMemory(Memory):
    """`results` by branch; `failure` the one that stops it; `undoing` the undos that run, with the failures that they
    follow.
    """

    results: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None
    undoing: dict[str, Failure] = field(default_factory=dict)


F = TypeVar("F", bound=FanMemory)


class FanConstruct(Construct[F]):
    node = "parallel"
    place = "parallel"
    side_by_side = True

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        before = memory.undoing.pop(child, None)
        if before is None:
            self._branch_ended(machine, frame, child, exit_)
        elif exit_.failure is not None:
            self._stop(machine, frame, after(exit_.failure, before))
        self.go_on(machine, frame)

    def go_on(self, machine: Machine, frame: Frame) -> None:
        """Start what waits, or end when nothing is left."""
        if not frame.children:
            failure = self.memory(frame).failure
            exit_ = failed(failure) if failure is not None else done(self.result(machine, frame))
            if failure is None and not frame.cancelling and self.keeps_going(machine, frame):
                machine.note("completed", frame, "parallel", detail=_how_many(self.memory(frame)))
            machine.end(frame, unless_cancelled(frame, exit_))

    def stopping(self, frame: Frame) -> bool:
        return frame.cancelling or self.memory(frame).failure is not None

    def keeps_going(self, machine: Machine, frame: Frame) -> bool:
        raise NotImplementedError(type(self).__name__)

    def succeeded(self, machine: Machine, frame: Frame, child: str, value: Value) -> None:
        """A branch ended with a value."""

    def branch_key(self, frame: Frame, child: str) -> str:
        raise NotImplementedError(type(self).__name__)

    def result(self, machine: Machine, frame: Frame) -> Value:
        raise NotImplementedError(type(self).__name__)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self._stop(machine, frame, failure)
        self.go_on(machine, frame)

    def _branch_ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory, key, keep_going = self.memory(frame), self.branch_key(frame, child), self.keeps_going(machine, frame)
        doubts = ledger.doubts(machine.state, child, frame.opened) if exit_.failure is not None else []
        judgement = judge(child, exit_, doubts, keep_going=keep_going, stopping=self.stopping(frame))
        match judgement.what:
            case "value":
                memory.results[key] = _success(exit_.value) if keep_going else exit_.value
                self.succeeded(machine, frame, child, exit_.value)
            case "failure":
                assert judgement.failure is not None
                memory.results[key] = _failure(judgement.failure)
                if open_undo(machine, frame, child.removeprefix(frame.path) + "/undo", child, frame.opened):
                    memory.undoing[f"{child}/undo"] = judgement.failure
            case "stop":
                assert judgement.failure is not None
                self._stop(machine, frame, judgement.failure)
            case "nothing":
                pass

    def _stop(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        memory = self.memory(frame)
        if memory.failure is None:
            memory.failure = failure
            for path in tuple(frame.children):
                machine.cancel(path)


def _how_many(memory: FanMemory) -> str:
    """`2 of 3`: how many branches came to a value."""
    well = sum(type(outcome) is dict and outcome.get("ok") is True for outcome in memory.results.values())
    return f"{well} of {len(memory.results)}"


def _success(value: Value) -> dict[str, Value]:
    return {"ok": True, "value": value, "error": None}


def _failure(failure: Failure) -> dict[str, Value]:
    return {"ok": False, "value": None, "error": failure.as_value()}
