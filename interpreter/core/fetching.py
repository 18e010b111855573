"""Evaluations that are made elsewhere, beside the values: what comes of them, and what happens when an object that they
need is gone, or damaged.

Nothing is wrong with the run then, so nothing fails: the task waits, and the evaluation is asked for again after a
while, so the run goes on by itself when the object is back. Its frame says what it lacks, for all who look.

Who is asked to end waits no longer. The task goes on at once, as if the expression had no value: what has not begun
never begins, and an effect whose undo could not be worded is listed as one that cannot be undone.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from dsl.ast.expressions import Convert, Name
from dsl.ast.types import Type
from dsl.definition.encode import encode
from dsl.definition.reach import reached
from dsl.expressions.errors import ErrorKind, EvaluationError
from dsl.expressions.values import Reference, Value, references_in
from dsl.values.codec import dump, load
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.core import policies
from interpreter.core.commands import Evaluate, SetTimer
from interpreter.core.events import CallFailed, Evaluated, Event, TimerFired
from interpreter.core.outcomes import Failure, Suspended
from interpreter.core.state import Frame, Missing, Pending, Unread
from interpreter.core.wording import title

if TYPE_CHECKING:
    from interpreter.core.machine import Machine

UNFIT: ErrorKind = "InvalidArgument"
"""How it is told that a value which is looked into beside the store is none of its type."""


def takes(machine: "Machine", pending: Pending, event: Event) -> bool:
    """Take what has come of an evaluation, or the end of a wait for an object; False when it is neither."""
    frame = machine.state.frames.get(pending.frame)
    if type(event) is Evaluated:
        _came_back(machine, pending, event)
    elif type(event) is CallFailed and type(pending.command) is Evaluate:
        _not_read(machine, pending, event)
    elif type(event) is TimerFired and frame is not None and frame.evaluating == event.id:
        _ask_again(machine, frame)
    else:
        return False
    return True


def _came_back(machine: "Machine", pending: Pending, event: Evaluated) -> None:
    """The value is there, or the author's mistake."""
    if event.error_kind is not None:
        _go_on(machine, pending, Failure(event.error_kind, event.error_message or ""))
    else:
        _go_on(machine, pending, load(event.value))


def _not_read(machine: "Machine", pending: Pending, event: CallFailed) -> None:
    """The evaluation could not be made: an object cannot be read."""
    frame = machine.state.frames.get(pending.frame)
    command = pending.command
    if frame is None or frame.suspended is None:
        return
    assert type(command) is Evaluate
    if frame.cancelling:
        _go_on(machine, pending, Failure(event.kind, event.message))
        return
    tries = frame.unread.tries + 1 if frame.unread is not None else 1
    frame.unread = Unread(command, pending.slot, tries)
    lacks(machine, frame, event, command)
    at = machine.state.now + policies.object_delay(tries) / 1000
    timer = SetTimer(_timer(command), at, f"{title(frame.path)}: waits for an object")
    frame.evaluating = timer.id
    machine.issue(frame, timer)


def _ask_again(machine: "Machine", frame: Frame) -> None:
    """The wait is over: perhaps the object is back."""
    assert frame.unread is not None
    unread = frame.unread
    machine.state.sequence += 1
    command = replace(unread.command, id=f"{frame.path}?{unread.slot}~{machine.state.sequence}")
    frame.evaluating = command.id
    machine.issue(frame, command, unread.slot)


def give_up(machine: "Machine", frame: Frame) -> None:
    """Whoever waits for an object is asked to end."""
    unread = frame.unread
    if unread is not None and frame.evaluating == _timer(unread.command):
        reason = machine.state.lacking[frame.path].reason
        machine.withdraw(frame.evaluating)
        _go_on(machine, Pending(frame.path, unread.command, unread.slot), Failure(OBJECT_MISSING, reason))


def lacks(machine: "Machine", frame: Frame, event: CallFailed, needed_by: Evaluate | None = None) -> None:
    """Note, for all who look, that `frame` waits for an object."""
    digest = str(event.details[0]) if event.details else ""
    values = ", ".join(f"`{name}`" for name in _holding(needed_by, digest)) if needed_by is not None else ""
    of = f" of the value {values}" if values else ""
    reason = f"waits for an object of the store{of}, and goes on when it is back: {event.message}"
    machine.state.lacking[frame.path] = Missing(digest, reason)


def lacks_nothing(machine: "Machine", frame: Frame) -> None:
    """What `frame` waited for is there, or is not needed any more."""
    machine.state.lacking.pop(frame.path, None)


def received(machine: "Machine", frame: Frame, slot: str, value: Value, type_: Type) -> Value:
    """`value`, which came from outside and lies in the store in part, as one of `type_`. Raises `EvaluationError` of
    the kind `UNFIT`, with the reasons, where it is none, and `Suspended` until that is known.
    """
    if slot in frame.evaluated:
        return value_of(frame.evaluated[slot])
    machine.state.sequence += 1
    name = Name(slot)
    types = reached(machine.definition.types, Convert(name, type_))
    command = Evaluate(
        f"{frame.path}?{slot}~{machine.state.sequence}",
        encode(name),
        {slot: dump(value)},
        types=encode(types) if types else None,
        received=encode(type_),
    )
    machine.issue(frame, command, slot)
    raise Suspended(command.id)


def value_of(evaluated: Value | Failure) -> Value:
    """What an evaluation elsewhere came to: a value, or the author's mistake."""
    if isinstance(evaluated, Failure):
        raise EvaluationError(cast(ErrorKind, evaluated.kind), evaluated.message)
    return evaluated


def _go_on(machine: "Machine", pending: Pending, came: Value | Failure) -> None:
    frame = machine.state.frames.get(pending.frame)
    if frame is None or frame.suspended is None:
        return
    task, frame.suspended, frame.unread = frame.suspended, None, None
    lacks_nothing(machine, frame)
    frame.evaluated[pending.slot] = came
    machine.queue.append(task)


def _timer(command: Evaluate) -> str:
    return f"{command.id}!object"


def _holding(command: Evaluate, digest: str) -> list[str]:
    """The names whose values the object belongs to: those that refer to it, else those that refer to any."""
    found = {name: references_in(load(value)) for name, value in command.scope.items()}
    holding = [name for name, references in found.items() if _refers(references, digest)]
    return holding or [name for name, references in found.items() if references]


def _refers(references: list[Reference], digest: str) -> bool:
    return any(reference.hash == digest for reference in references)
