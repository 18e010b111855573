"""Events from outside: judged when they come, kept until something waits for them, taken in their order.

All events of a run stand in one list, in the order in which they came, whatever waits. A wait goes through those that
it has not looked at, and takes the first of its name and key that satisfies its condition; the others stay for other
waits. Of two waits that could take an event the older is asked first: a younger one does not look at an event before
each older one has, also where the condition of that has to be worked out elsewhere. So nothing is lost that comes
before its wait begins, or while the run continues as new, and it does not matter who is slow.

A deadline is judged by time. An event that came after the deadline of a wait is not for that wait, also where no worker
was there at the deadline and the event is handed over before the timer; it stays for a later one.

What is kept is bounded, by event name and key as the flow says, and over all in number and bytes. Who sends what there
is no room for is refused and knows it. Each event has an id that its sender chose; the run remembers the latest ids,
because what the server remembers of an update ends with each execution.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from dsl.ast.defaults import MOST_EVENTS_WAITING
from dsl.ast.events import ExpectedEvent, envelope_name
from dsl.definition.definition import Definition
from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value, references_in
from dsl.values.validate import validate
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.persons import in_one_line
from interpreter.boundary.send import Send, sent
from interpreter.core import lefts
from interpreter.core.awaited import Arrival, Expected, Wait
from interpreter.core.constructs.calls import describe
from interpreter.core.events import Received
from interpreter.core.machine import Machine
from interpreter.core.state import Frame, State, Task

SENT = "sent"
LONGEST_NAME = 100
LONGEST_WORD = 500
"""Of an id and of a key, in characters."""
LARGEST_EVENT = 64 * 1024
"""Bytes of JSON."""
MOST_KEPT, MOST_BYTES_KEPT = 1_000, 500_000
"""Events that a run keeps, of all names, and their bytes: with the rest of its state they travel when it continues."""
MOST_REMEMBERED = 1_000
"""How many events a run knows again by their ids, beside those that it keeps."""


@dataclass(frozen=True, slots=True)
class Refusal:
    outcome: Literal["refused", "full"]
    message: str


def take(machine: Machine, event: Received) -> None:
    """Somebody has sent something; the reply is there at once."""
    send, state = event.send, machine.state
    refusal = why_not(machine.definition, state, send)
    if refusal is not None:
        machine.reply(event.ticket, AnswerReply(False, refusal.outcome, refusal.message))
        if not event.ticket:
            machine.note(
                "refused", machine.state.frames["$"], "event", name=in_one_line(send.name), detail=refusal.message
            )
        return
    if send.id in state.arrivals_seen:
        machine.reply(event.ticket, AnswerReply(True, SENT, "this was sent before"))
        return
    type_ = machine.definition.events(state.flow)[send.name][0].type
    value = validate(send.value, type_, machine.definition.types, received=True).value
    state.arrived += 1
    arrival = Arrival(state.arrived, send.id, send.name, send.key, in_one_line(send.by), event.at, _size(send), value)
    state.arrivals.append(arrival)
    _remember(state, send)
    machine.reply(event.ticket, AnswerReply(True, SENT, f"the run has `{send.name}`"))
    for path, wait in state.waits.items():
        if _concerns(wait, arrival):
            machine.queue.append(Task("start", path))


def why_not(definition: Definition, state: State, send: Send) -> Refusal | None:
    """Why the run does not take this event, or None. Changes nothing, so a validator may ask it."""
    seen = state.arrivals_seen.get(send.id)
    if seen is not None:
        other = "an event was sent under this id before, and it was another one"
        return None if seen == _digest(send) else Refusal("refused", other)
    problem = _malformed(send) or _unknown(definition, state, send)
    if problem is None:
        type_ = definition.events(state.flow)[send.name][0].type
        checked = validate(send.value, type_, definition.types, received=True)
        problem = f"it is no `{send.name}`: {describe(checked.problems)}" if checked.problems else None
    if problem is None and state.status != "running":
        problem = f"the run takes no events any more: it is {_ENDING.get(state.status, state.status)}"
    if problem is not None:
        return Refusal("refused", problem)
    full = _full(definition, state, send)
    return None if full is None else Refusal("full", full)


_ENDING = {"cancelling": "being cancelled", "undoing": "being undone"}


def expected(machine: Machine, frame: Frame, slot: str, node: ExpectedEvent) -> Expected:
    """Whose events are meant. May suspend; raises `EvaluationError` for a key that no event has: nobody would ever
    come.
    """
    key = None if node.key is None else machine.evaluate(frame, slot, node.key)
    if references_in(key) or (isinstance(key, str) and len(key) > LONGEST_WORD):
        message = f"the key of an event has at most {LONGEST_WORD} characters, and this one has more: take an id of it"
        raise EvaluationError("LimitExceeded", message)
    assert key is None or isinstance(key, str)
    return Expected(node.event, key)


def begin(machine: Machine, frame: Frame, expects: list[Expected], deadline: float | None) -> None:
    """From now on `frame` waits; it looks at what is there when its turn comes. The time of a budget around ends it
    too.
    """
    around = lefts.deadline(machine.state, frame.purse)
    ends = [each for each in (deadline, around) if each is not None]
    machine.state.waits[frame.path] = Wait(expects, min(ends, default=None), machine.state.arrived)
    machine.queue.append(Task("start", frame.path))


def look(machine: Machine, frame: Frame, nodes: tuple[ExpectedEvent, ...]) -> tuple[int, Arrival] | None:
    """The first event that one of `nodes`, in the order of what the wait expects, takes, and which of them. It is not
    kept any more then, and nothing waits in `frame`. May suspend.
    """
    state = machine.state
    wait = state.waits[frame.path]
    wait.blocked = False
    for arrival in [each for each in state.arrivals if each.number > wait.looked]:
        if not _concerns(wait, arrival):
            continue
        if _older_looks_first(state, frame, arrival):
            wait.blocked = True
            return None
        place = _taken_by(machine, frame, wait, nodes, arrival)
        if place is not None:
            state.arrivals.remove(arrival)
            end(machine, frame)
            return place, arrival
        wait.looked = arrival.number
    _others_look(machine)
    return None


def end(machine: Machine, frame: Frame) -> None:
    """`frame` waits for no event any more."""
    if machine.state.waits.pop(frame.path, None) is not None:
        _others_look(machine)


def bind(machine: Machine, frame: Frame, name: str, arrival: Arrival) -> None:
    """From now on the event has this name, and so has what stands on its envelope."""
    for each, value in _names(name, arrival).items():
        machine.bind(frame, each, value)


def _names(name: str, arrival: Arrival) -> dict[str, Value]:
    envelope: dict[str, Value] = {
        "id": arrival.id,
        "at": datetime.fromtimestamp(arrival.at, UTC),
        "by": arrival.by,
        "key": arrival.key,
    }
    return {name: arrival.value, envelope_name(name): envelope}


def _taken_by(
    machine: Machine, frame: Frame, wait: Wait, nodes: tuple[ExpectedEvent, ...], arrival: Arrival
) -> int | None:
    """A condition without a value does not hold: nobody ends a run by what they write into an event."""
    for place, (expected, node) in enumerate(zip(wait.expects, nodes, strict=True)):
        if not _fits(expected, arrival):
            continue
        if node.where is None:
            return place
        try:
            slot = f"where{place}~{arrival.number}"
            if machine.evaluate(frame, slot, node.where, _names(node.name, arrival)):
                return place
        except EvaluationError as error:
            detail = f"by {arrival.by}: whether it is meant has no value: {error.message}"
            machine.note("passed_over", frame, "event", detail=detail)
    return None


def _concerns(wait: Wait, arrival: Arrival) -> bool:
    """Whether it may be for this wait: by its names and keys, and by the time at which it came."""
    in_time = wait.deadline is None or arrival.at < wait.deadline or arrival.number <= wait.began
    return in_time and any(_fits(each, arrival) for each in wait.expects)


def _fits(expected: Expected, arrival: Arrival) -> bool:
    return expected.name == arrival.name and expected.key in (None, arrival.key)


def _older_looks_first(state: State, frame: Frame, arrival: Arrival) -> bool:
    for path, wait in state.waits.items():
        if path == frame.path:
            return False
        if wait.looked < arrival.number and _concerns(wait, arrival):
            return True
    return False


def _others_look(machine: Machine) -> None:
    for path, wait in machine.state.waits.items():
        if wait.blocked:
            machine.queue.append(Task("start", path))


# -- what is refused


def _malformed(send: Send) -> str | None:
    if not send.id or len(send.id) > LONGEST_WORD:
        return f"an event has an id, of at most {LONGEST_WORD} characters"
    if send.key is not None and len(send.key) > LONGEST_WORD:
        return f"a key has at most {LONGEST_WORD} characters"
    if not in_one_line(send.by) or len(send.by) > LONGEST_NAME:
        return f"an event is sent by somebody: a name of at most {LONGEST_NAME} characters"
    size = _size(send)
    return (
        f"an event has at most {LARGEST_EVENT:,} bytes of JSON, and this has {size:,}" if size > LARGEST_EVENT else None
    )


def _unknown(definition: Definition, state: State, send: Send) -> str | None:
    known = definition.events(state.flow)
    if send.name in known:
        return None
    if not known:
        return f"`{state.flow}` waits for no events"
    names = ", ".join(f"`{name}`" for name in known)
    return f"`{state.flow}` waits for no event `{in_one_line(send.name)[:LONGEST_NAME]}`; it waits for {names}"


def _full(definition: Definition, state: State, send: Send) -> str | None:
    alike = sum(each.name == send.name and each.key == send.key for each in state.arrivals)
    written = [each.waiting for each in definition.events(state.flow)[send.name] if each.waiting is not None]
    most = max(written, default=MOST_EVENTS_WAITING)
    if alike >= most:
        of = "without a key" if send.key is None else "of this key"
        return f"{alike} events `{send.name}` {of} wait to be taken already; send it again when there are fewer"
    if len(state.arrivals) >= MOST_KEPT or sum(each.size for each in state.arrivals) + _size(send) > MOST_BYTES_KEPT:
        return (
            f"{len(state.arrivals)} events wait to be taken already, and there is no room for more; send it again later"
        )
    return None


def _size(send: Send) -> int:
    return len(json.dumps(send.value, ensure_ascii=False, default=str).encode())


def _remember(state: State, send: Send) -> None:
    """The ids of events that are kept are never forgotten."""
    state.arrivals_seen[send.id] = _digest(send)
    if len(state.arrivals_seen) > MOST_REMEMBERED + len(state.arrivals):
        kept = {each.id for each in state.arrivals}
        del state.arrivals_seen[next(id_ for id_ in state.arrivals_seen if id_ not in kept)]


def _digest(send: Send) -> str:
    return hashlib.sha256(json.dumps(sent(send), default=str).encode()).hexdigest()[:16]
