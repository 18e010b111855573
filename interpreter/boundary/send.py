"""An event: a message from outside to a run that waits for it, or will."""

from dataclasses import dataclass

from interpreter.boundary.payloads import JSON


@dataclass
class Send:
    """`name` is that of the event in the flow, `value` what is in it, `key` whose it is: a wait with `from` takes those
    of its key only. `by` is who sends it. `id` is chosen by the sender: the same id again is the same event.
    """

    id: str
    name: str
    value: JSON = None
    by: str = ""
    key: str | None = None


@dataclass
class EventReply:
    """What became of an event. `state`: `waiting`, it was not replied to yet; `replied`, with the `value`; `never`, the
    run is over; `forgotten`, it was long ago, or never sent.
    """

    state: str
    value: JSON = None


def sent(send: Send) -> JSON:
    """All that it says, as what is compared."""
    return [send.name, send.value, send.by, send.key]
