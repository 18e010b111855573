"""What runs side by side: branches, and a join that says when they are done (`joins.py`).

A branch whose failure is gathered is undone by itself. The first failure that stops the fan cancels the other branches,
waits for them, and is the fan's own. When a race is decided, or the condition of `stop when` holds, the others have
lost: they are cancelled, awaited, and then undone all together, the latest step first.

With `finish rest` those who have lost go on. The fan then tells the block around its value and stays, below that block,
which waits for it at its own end.
"""

from typing import TypeVar, cast

from dsl.ast.statements import Parallel, ParallelFor
from dsl.expressions.values import Value
from interpreter.boundary.failures import WITHDRAWN
from interpreter.core import ledger
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.undo import after, open_undo
from interpreter.core.fan_memory import FanMemory
from interpreter.core.joins import ALL, KEEP_GOING, Join, judge, too_few
from interpreter.core.machine import Machine
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure, done, failed
from interpreter.core.state import Frame, Task

F = TypeVar("F", bound=FanMemory)


class FanConstruct(Construct[F]):
    node = "parallel"
    place = "parallel"
    side_by_side = True

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory = self.memory(frame)
        before = memory.undoing.pop(child, None)
        if child == _undo_of_losers(frame):
            self._undone(machine, frame, exit_)
        elif before is None:
            self._branch_ended(machine, frame, child, exit_)
        elif exit_.failure is not None:
            self.stop(machine, frame, after(exit_.failure, before))
        self.go_on(machine, frame)

    def go_on(self, machine: Machine, frame: Frame) -> None:
        """Start what waits, or end when nothing is left."""
        memory, node = self.memory(frame), fan_of(machine, frame)
        if self.waits_to_look(machine, frame):
            self.start_soon(machine, frame)
        elif not frame.children and not self._undo_losers(machine, frame):
            if frame.cancelling:
                machine.end(frame, CANCELLED)
            elif memory.failure is not None:
                machine.end(frame, failed(memory.failure))
            else:
                if has_outcomes(node):
                    machine.note("completed", frame, str(self.node), detail=_how_many(memory))
                machine.end(frame, done(self._value(machine, frame)))

    def start_soon(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        if not memory.starting:
            memory.starting = True
            machine.queue.append(Task("start", frame.path))

    def start(self, machine: Machine, frame: Frame) -> None:
        """Look whether to stop, and start what waits. A task of its own, because it may suspend."""
        self.look_whether_to_stop(machine, frame)
        self.memory(frame).starting = False
        self.go_on(machine, frame)

    def waits_to_look(self, machine: Machine, frame: Frame) -> bool:
        memory = self.memory(frame)
        more = memory.judged < len(memory.results)
        return more and fan_of(machine, frame).stop_when is not None and not self.stopping(frame)

    def look_whether_to_stop(self, machine: Machine, frame: Frame) -> None:
        node, memory = fan_of(machine, frame), self.memory(frame)
        if node.stop_when is None or not self.waits_to_look(machine, frame):
            return
        seen = len(memory.results)
        known = {str(node.name): self.so_far(machine, frame)}
        held = machine.evaluate(frame, f"stop{seen}", node.stop_when, known)
        memory.judged = seen
        if held:
            self._decide(machine, frame)

    def stopping(self, frame: Frame) -> bool:
        """Whether no other branch begins."""
        memory = self.memory(frame)
        return frame.cancelling or memory.failure is not None or memory.decided

    def succeeded(self, machine: Machine, frame: Frame, child: str, value: Value) -> None:
        """A branch ended with a value."""

    def branches(self, machine: Machine, frame: Frame) -> int:
        """How many there are, also those that have not begun."""
        raise NotImplementedError(type(self).__name__)

    def branch_key(self, frame: Frame, child: str) -> str:
        raise NotImplementedError(type(self).__name__)

    def result(self, machine: Machine, frame: Frame) -> Value:
        """The value of one that is no race."""
        raise NotImplementedError(type(self).__name__)

    def so_far(self, machine: Machine, frame: Frame) -> Value:
        """What `stop when` looks at."""
        raise NotImplementedError(type(self).__name__)

    def won(self, key: str, value: Value) -> Value:
        """What a race tells of one who has won."""
        raise NotImplementedError(type(self).__name__)

    def fail(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        self.memory(frame).starting = False
        self.stop(machine, frame, failure)
        self.go_on(machine, frame)

    def can_be_won(self, machine: Machine, frame: Frame) -> bool:
        """A race that nobody can win is over."""
        memory = self.memory(frame)
        failure = too_few(join_of(machine, frame), self.branches(machine, frame), memory.causes, frame.path)
        if failure is not None:
            self.stop(machine, frame, failure)
        return failure is None

    def stop(self, machine: Machine, frame: Frame, failure: Failure) -> None:
        memory = self.memory(frame)
        if memory.failure is None:
            memory.failure = failure
            _cancel_all(machine, frame)

    # -- one branch

    def _branch_ended(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        memory, key, join = self.memory(frame), self.branch_key(frame, child), join_of(machine, frame)
        doubts = ledger.doubts(machine.state, child, frame.opened) if exit_.failure is not None else []
        ended = frame.cancelling or memory.failure is not None
        judgement = judge(child, exit_, doubts, join, stopping=ended, decided=memory.decided)
        match judgement.what:
            case "value":
                self._gathered(machine, frame, child, exit_.value)
            case "failure":
                assert judgement.failure is not None
                self._missed(machine, frame, key, judgement.failure)
                if open_undo(machine, frame, child.removeprefix(frame.path) + "/undo", child, frame.opened):
                    memory.undoing[f"{child}/undo"] = judgement.failure
            case "stop":
                assert judgement.failure is not None
                self.stop(machine, frame, judgement.failure)
            case "lost":
                memory.lost.append(child)
            case "nothing":
                pass

    def _gathered(self, machine: Machine, frame: Frame, child: str, value: Value) -> None:
        memory, node = self.memory(frame), fan_of(machine, frame)
        if memory.decided:
            return  # `finish rest`
        key = self.branch_key(frame, child)
        memory.results[key] = _success(value) if has_outcomes(node) else value
        self.succeeded(machine, frame, child, value)
        if node.first is not None and len(memory.results) == node.first.count and not self.stopping(frame):
            self._decide(machine, frame)

    def _missed(self, machine: Machine, frame: Frame, key: str, failure: Failure) -> None:
        memory, node = self.memory(frame), fan_of(machine, frame)
        if node.first is None:
            memory.results[key] = _failure(failure)
        elif not memory.decided:
            memory.causes[key] = failure
            self.can_be_won(machine, frame)

    # -- who has lost

    def _decide(self, machine: Machine, frame: Frame) -> None:
        memory, join = self.memory(frame), join_of(machine, frame)
        memory.decided = True
        memory.causes = {}
        if join.kind == "first":
            machine.note("completed", frame, str(self.node), detail=", ".join(memory.results))
        if not join.finish_rest:
            _cancel_all(machine, frame)
        elif frame.children:
            assert frame.parent is not None
            value = done(self._value(machine, frame))
            machine.queue.append(Task("goes_on", frame.parent, child=frame.path, exit=value))
            memory.told, memory.results = True, {}

    def _undo_losers(self, machine: Machine, frame: Frame) -> bool:
        """Undo what those did who have lost, when all of them have ended; False: there is nothing to undo."""
        memory = self.memory(frame)
        if not memory.lost or frame.cancelling or memory.failure is not None:
            return False
        lost = tuple(memory.lost)
        segment = _undo_of_losers(frame).removeprefix(frame.path)
        if open_undo(machine, frame, segment, frame.path, frame.opened, only=lost):
            return True
        self._undone(machine, frame, DONE)
        return False

    def _undone(self, machine: Machine, frame: Frame, exit_: Exit) -> None:
        """What of them nobody knows, even now, stops everything."""
        memory = self.memory(frame)
        lost, memory.lost = memory.lost, []
        doubts = [each for path in lost for each in ledger.doubts(machine.state, path, frame.opened)]
        if doubts:
            memory.failure = ledger.failure_of(sorted(doubts, key=lambda each: each.opened), frame.path)
        elif exit_.failure is not None:
            memory.failure = exit_.failure

    def _value(self, machine: Machine, frame: Frame) -> Value:
        node, memory = fan_of(machine, frame), self.memory(frame)
        if memory.told:
            return None
        if node.first is None:
            return self.result(machine, frame)
        won = [self.won(key, value) for key, value in memory.results.items()]
        return won if node.first.several else won[0]


def fan_of(machine: Machine, frame: Frame) -> Parallel | ParallelFor:
    return cast("Parallel | ParallelFor", machine.node(frame))


def join_of(machine: Machine, frame: Frame) -> Join:
    node = fan_of(machine, frame)
    if node.first is not None:
        return Join("first", node.first.count, node.first.finish_rest)
    return KEEP_GOING if node.keep_going else ALL


def has_outcomes(node: Parallel | ParallelFor) -> bool:
    """Whether its value says of each branch what became of it."""
    return node.keep_going or node.stop_when is not None


def overtake(machine: Machine, frame: Frame) -> None:
    """Something outside of this race was first: all that still run have lost, and it has no value."""
    memory = frame.memory
    assert isinstance(memory, FanMemory)
    memory.decided, memory.told, memory.causes = True, True, {}
    if frame.fresh:
        machine.cancel(frame.path)
    else:
        _cancel_all(machine, frame)


def withdrawn(path: str) -> Value:
    """The outcome of a branch that did not come to an end."""
    return _failure(Failure(WITHDRAWN, "what the others came to was enough", path))


def _undo_of_losers(frame: Frame) -> str:
    return f"{frame.path}/lost#/undo"


def _cancel_all(machine: Machine, frame: Frame) -> None:
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
