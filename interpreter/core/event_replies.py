"""What the senders of events are answered: given once, kept for those who ask for it.

A sender that waits asks again and again, by a query: it leaves no trace in the history, holds up no continue-as-new,
and takes none of the few updates that a run can have under way, which people need who answer its questions.
"""

from dsl.ast.events import envelope_name
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from interpreter.boundary.send import EventReply
from interpreter.core.awaited import Replied
from interpreter.core.machine import Machine
from interpreter.core.state import Frame, State

LARGEST_REPLY = 64 * 1024
"""Bytes of JSON."""
MOST_KEPT, MOST_BYTES_KEPT = 200, 500_000


def event_id(machine: Machine, frame: Frame, name: str) -> str:
    """The id of the event that is called `name` here."""
    envelope = machine.lookup(frame, envelope_name(name))
    assert type(envelope) is dict
    return str(envelope["id"])


def give(machine: Machine, id_: str, value: Value, size: int) -> None:
    """The first reply to an event counts."""
    replies = machine.state.replies
    if id_ in replies:
        return
    replies[id_] = Replied(to_wire(value), size)
    while len(replies) > MOST_KEPT or sum(each.size for each in replies.values()) > MOST_BYTES_KEPT:
        del replies[next(iter(replies))]


def told(state: State, id_: str) -> EventReply:
    """What can be said of an event now."""
    reply = state.replies.get(id_)
    if reply is not None:
        return EventReply("replied", reply.value)
    if id_ not in state.arrivals_seen:
        return EventReply("forgotten")
    return EventReply("waiting" if state.status in ("running", "cancelling", "undoing") else "never")
