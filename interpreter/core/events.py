"""What a driver tells the machine. Every event carries the time it came, in seconds since the epoch: the machine has no
clock.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from interpreter.boundary.payloads import Answer, ChatResult, ChildReport

Certainty = Literal["not_started", "answered", "unknown", "cancelled"]


@dataclass(frozen=True, slots=True)
class Started:
    """`input` is plain JSON as submitted."""

    at: float
    input: Any


@dataclass(frozen=True, slots=True)
class ToolReturned:
    at: float
    id: str
    result: Any


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A tool or model attempt ended badly.

    `certainty`: it never started; the implementation answered with a typed error (`kind`); nobody knows (a timeout, a
    lost worker); or it was cancelled in flight, which also leaves the outcome unknown.
    """

    at: float
    id: str
    kind: str
    message: str
    certainty: Certainty
    retryable: bool = True
    details: tuple[Any, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ModelAnswered:
    at: float
    id: str
    result: ChatResult


@dataclass(frozen=True, slots=True)
class ChildEnded:
    at: float
    id: str
    report: ChildReport


@dataclass(frozen=True, slots=True)
class TimerFired:
    at: float
    id: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`value` is dumped; an author's mistake has a kind instead."""

    at: float
    id: str
    value: Any = None
    error_kind: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    at: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class CancelRequested:
    at: float


Event = (
    Started
    | ToolReturned
    | CallFailed
    | ModelAnswered
    | ChildEnded
    | TimerFired
    | Evaluated
    | Answered
    | CancelRequested
)
