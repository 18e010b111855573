"""Payloads of batches, many questions that go to a provider together: as `payloads.py` says."""

from dataclasses import dataclass, field
from typing import Any, Literal

from interpreter.boundary.payloads import ChatRequest, ChatResult

JSON = Any


@dataclass
class BatchRequest:
    """`submit` the `requests`, `look` at what came of the batch, or `cancel` it. `key` is that of the batch, the same
    for each attempt, by which it is found again where nobody heard that it was made. `after`: so many lines of its
    answers have been read.
    """

    what: Literal["submit", "look", "cancel"]
    key: str
    model: str
    requests: list[ChatRequest] = field(default_factory=list)
    batch: str = ""
    after: int = 0
    attempt: int = 1


@dataclass
class BatchAnswer:
    """To the question at that `place` of the batch: a `result`, or how it failed, with a `ModelFailureDetail`."""

    place: int
    result: ChatResult | None = None
    kind: str = ""
    message: str = ""
    detail: JSON = None


@dataclass
class BatchReply:
    """`batch` is the provider's id. `waiting`, or `over`: then with `answers`, and where there are more of them, from
    which line on they are (`more`). What was not answered failed as `kind` and `message` say. `counts`: for people.
    """

    batch: str
    over: bool = False
    answers: list[BatchAnswer] = field(default_factory=list)
    more: int | None = None
    kind: str = ""
    message: str = ""
    counts: str = ""
