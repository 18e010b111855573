"""Locks over all runs: `exclusive by`. A frame asks for one, waits for it a bounded time, and holds it until it ends.

Who has a lock next is not decided here: a queue for each lock (`lock_queue.py`) is kept outside of the run. A frame
asks by one command, and `Machine.end` gives back what was asked for, whether it was held or still waited for: so no way
out of a frame keeps a lock, or a place in a queue. A lock that comes after that finds nobody waiting; the word that it
is not wanted any more is on its way behind it.

While it waits it asks again from time to time, which changes nothing in the queue. For whoever keeps the queue may be
gone, with all who worked for it; and whoever asks sees to it that somebody does.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from dsl.ast.duration import format_duration
from dsl.expressions.errors import EvaluationError
from dsl.expressions.text import render
from dsl.expressions.values import references_in
from interpreter.boundary.failures import LOCK_TIMED_OUT
from interpreter.core.commands import Acquire, Release, SetTimer
from interpreter.core.events import TimerFired
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.wording import title

if TYPE_CHECKING:
    from dsl.expressions.values import Value
    from interpreter.core.events import Event
    from interpreter.core.machine import Machine
    from interpreter.core.state import Frame


WAITS = "waits until others are done: `exclusive`"
"""What people are told meanwhile."""
FIRST_WAIT, LONGEST_WAIT = 30, 600
"""Seconds until a lock is asked for again."""


def ask(machine: "Machine", frame: "Frame", scope: str, by: "Value", up_to: int, within: int) -> None:
    """Get into the queue of the lock `by`, among those of `scope`: a tool, or blocks of statements."""
    if references_in(by):
        raise EvaluationError("LimitExceeded", "`exclusive by` goes by a value that is too large: take an id of it")
    lock = f"{scope}/{render(by)}"
    held = held_around(machine, frame).count(lock)
    if held + machine.state.held.count(lock) >= up_to:
        who = (
            "this run holds around it" if held >= up_to else "the run holds that has called this one, and waits for it"
        )
        message = f"`{title(frame.path)}` asks for the lock that {who}, so nobody would give it back"
        raise FlowFailed(Failure(LOCK_TIMED_OUT, message, frame.path))
    machine.state.locks[_id(frame)] = lock
    command = Acquire(_id(frame), lock, up_to, machine.state.now + within / 1000)
    machine.issue(frame, command)
    _wait(machine, frame, command)
    machine.note("waiting", frame, machine.table[frame.kind].node or "", detail=f"for the lock {lock}")


def held_around(machine: "Machine", frame: "Frame") -> list[str]:
    """The locks of the frames around: as long as this one waits, none of them ends."""
    held, parent = list[str](), frame.parent
    while parent is not None:
        around = machine.state.frames[parent]
        if (lock := machine.state.locks.get(_id(around))) is not None:
            held.append(lock)
        parent = around.parent
    return held


def asks_again(machine: "Machine", frame: "Frame") -> bool:
    """Its timer has fired: whether there is time to ask for it again, or it comes anyway, right behind the timer."""
    pending = machine.state.pending.get(_id(frame))
    if pending is None:
        return True
    command = cast(Acquire, pending.command)
    if machine.state.now >= command.until:
        return False
    command = pending.command = replace(command, asked=command.asked + 1)
    machine.commands.append(command)
    _wait(machine, frame, command)
    return True


def is_of_a_wait(frame: "Frame", event: "Event") -> bool:
    """Whether it is the timer of a wait, which may be over: after a pause the lock and the timer come together."""
    return type(event) is TimerFired and event.id == _timer(frame)


def is_held(machine: "Machine", frame: "Frame") -> None:
    """It has come: nobody waits any more."""
    machine.withdraw(_timer(frame))


def leave(machine: "Machine", frame: "Frame") -> None:
    """Wait for it no longer. What is withdrawn is given back at the end of the frame, wherever it stood."""
    machine.state.pending.pop(_id(frame), None)
    machine.withdraw(_timer(frame))


def give_back(machine: "Machine", frame: "Frame") -> None:
    """The frame ends."""
    lock = machine.state.locks.pop(_id(frame), None)
    if lock is not None:
        machine.commands.append(Release(_id(frame), lock))


def timed_out(frame: "Frame", within: int) -> Failure:
    message = f"others held the lock of `{title(frame.path)}` for longer than {format_duration(within)}"
    return Failure(LOCK_TIMED_OUT, message, frame.path)


def _wait(machine: "Machine", frame: "Frame", command: Acquire) -> None:
    wait = min(FIRST_WAIT * 2 ** min(command.asked - 1, 30), LONGEST_WAIT)
    moment = min(machine.state.now + wait, command.until)
    machine.issue(frame, SetTimer(_timer(frame), moment, f"{title(frame.path)}: waits for the others"))


def _id(frame: "Frame") -> str:
    return f"{frame.path}!lock"


def _timer(frame: "Frame") -> str:
    return f"{frame.path}!lock-wait"
