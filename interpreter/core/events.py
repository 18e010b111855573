"""What a driver tells the machine. Every event carries the time it came, in seconds since the epoch: the machine has no
clock.
"""

from dataclasses import dataclass, field
from typing import Literal

from interpreter.boundary.batches import BatchReply
from interpreter.boundary.payloads import JSON, Answer, AnswerVerdict, ChatResult, ChildReport
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.core.recorded import recorded

Certainty = Literal["not_started", "answered", "timed_out", "unknown", "cancelled"]
"""What the driver has seen of the end of a call; what that means for its effect is decided in `certainty`.

`not_started`: its command was never sent, or the server says that nobody began it. `answered`: the implementation
answered with a typed error. `timed_out`: no answer in time, and it may still be at work. `cancelled`: it was told to
stop, and has. `unknown`: anything else.
"""


@dataclass(frozen=True, slots=True)
class Started:
    """`input` is plain JSON as submitted."""

    at: float
    input: JSON


@recorded
@dataclass(frozen=True, slots=True)
class ToolReturned:
    """`unseen`: part of the result lies in the store, and who put it there need not know what is declared."""

    at: float
    id: str
    result: JSON
    unseen: bool = False


@recorded
@dataclass(frozen=True, slots=True)
class CallFailed:
    """A tool or model attempt ended badly. `silent`: its worker did not say so, nothing more was heard of it."""

    at: float
    id: str
    kind: str
    message: str
    certainty: Certainty
    retryable: bool = True
    details: tuple[JSON, ...] = field(default=())
    silent: bool = False

    @property
    def detail(self) -> dict[str, JSON]:
        """What the worker says of it beside the message; nothing of it has been looked at yet."""
        return self.details[0] if self.details and type(self.details[0]) is dict else {}

    @property
    def all_details(self) -> JSON:
        """As a handler gets them."""
        return self.details[0] if len(self.details) == 1 else list(self.details) or None


@recorded
@dataclass(frozen=True, slots=True)
class ModelAnswered:
    at: float
    id: str
    result: ChatResult


@recorded
@dataclass(frozen=True, slots=True)
class BatchTold:
    """How a batch stands."""

    at: float
    id: str
    reply: BatchReply


@recorded
@dataclass(frozen=True, slots=True)
class ChildEnded:
    at: float
    id: str
    report: ChildReport


@recorded
@dataclass(frozen=True, slots=True)
class ChildStarted:
    """A child that nobody waits for has started, as the run of this id."""

    at: float
    id: str
    run: str


@recorded
@dataclass(frozen=True, slots=True)
class Acquired:
    """The lock that was asked for is held from now on."""

    at: float
    id: str


@recorded
@dataclass(frozen=True, slots=True)
class TimerFired:
    at: float
    id: str


@recorded
@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause that the machine asked for is over."""

    at: float
    id: str


@recorded
@dataclass(frozen=True, slots=True)
class Evaluated:
    """`value` is dumped; an author's mistake has a kind instead."""

    at: float
    id: str
    value: JSON = None
    error_kind: str | None = None
    error_message: str | None = None


@recorded
@dataclass(frozen=True, slots=True)
class Settled:
    """A claim was settled, or nobody could write it down: then it stays set aside."""

    at: float
    id: str


@recorded
@dataclass(frozen=True, slots=True)
class Answered:
    """`ticket`: what the reply to it names; the same answer may have come twice, and each gets its own reply."""

    at: float
    answer: Answer
    ticket: str


@recorded
@dataclass(frozen=True, slots=True)
class AnswerVerified:
    """It is known now who gave the answer, or that nobody can know."""

    at: float
    id: str
    verdict: AnswerVerdict


@recorded
@dataclass(frozen=True, slots=True)
class Told:
    """Somebody says something to an agent that is under way. `ticket` as of an answer."""

    at: float
    tell: Tell
    ticket: str


@recorded
@dataclass(frozen=True, slots=True)
class Received:
    """Somebody has sent an event. `ticket` as of an answer; empty where nobody waits for a reply."""

    at: float
    send: Send
    ticket: str


@dataclass(frozen=True, slots=True)
class CancelRequested:
    at: float


Event = (
    Started
    | ToolReturned
    | CallFailed
    | ModelAnswered
    | BatchTold
    | ChildEnded
    | ChildStarted
    | Acquired
    | TimerFired
    | Resumed
    | Evaluated
    | Settled
    | Answered
    | AnswerVerified
    | Told
    | Received
    | CancelRequested
)


def rank(event: Event) -> int:
    """In which order events that come together are taken: what has happened, then what is due, then a cancel."""
    if type(event) is TimerFired:
        return 1
    return 2 if type(event) is CancelRequested else 0
