"""Who asks, and what was given to whom: for answers that are written down, and given in their order.

Each run that was started begins with the first; the runs that it starts share them with it. An attempt that comes to
the worker twice gets the same answer twice. What was given is remembered by the worker alone: one that comes later
begins anew, except that an agent in its third turn is past two.
"""

import re
from collections import OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from temporalio import activity

from interpreter.boundary.payloads import ChatRequest

MOST_RUNS = 1000
"""Runs that are remembered, the latest."""

_CHILD = re.compile(r"/[0-9a-f]{8}/")
"""In the id of a run between that of the run that started it and the path of the step."""
_ATTEMPT = re.compile(r"~\d+$")

PLACE: ContextVar[str] = ContextVar("place", default="")
"""Of a question in the batch that is asked."""

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Given(Generic[Answer]):
    """To one run: by attempt, and the places of what each agent was given."""

    attempts: dict[str, Answer] = field(default_factory=dict)
    places: dict[str, set[int]] = field(default_factory=dict)


class InOrder(Generic[Answer]):
    def __init__(self) -> None:
        self._runs: OrderedDict[str, _Given[Answer]] = OrderedDict()

    def again(self) -> Answer | None:
        """What this very attempt was given before."""
        run, attempt = _who_asks()
        return self._given(run).attempts.get(attempt) if attempt else None

    def places(self, what: str) -> set[int]:
        """What was given of the list `what`; it is the caller's to add to."""
        return self._given(_who_asks()[0]).places.setdefault(what, set())

    def gave(self, answer: Answer) -> Answer:
        run, attempt = _who_asks()
        if attempt:
            self._given(run).attempts[attempt] = answer
        return answer

    def _given(self, run: str) -> _Given[Answer]:
        given = self._runs.setdefault(run, _Given())
        self._runs.move_to_end(run)
        while len(self._runs) > MOST_RUNS:
            self._runs.popitem(last=False)
        return given


def turn_of(request: ChatRequest) -> int:
    """From 1: how often this agent has answered since it was last spoken to, and once more."""
    turn = 1
    for message in request.talk.messages if request.talk is not None else []:
        turn = {"user": 1, "assistant": turn + 1}.get(message["role"], turn)
    return turn


def step_that_asks() -> str:
    """The path of the step, with its turn, in the run that somebody started; empty outside of an activity."""
    if not activity.in_activity():
        return ""
    info = activity.info()
    _, *called = _CHILD.split(info.workflow_id or "")
    return "/".join([*called, _ATTEMPT.sub("", info.activity_id), *([PLACE.get()] if PLACE.get() else [])])


def _who_asks() -> tuple[str, str]:
    """The run that somebody started, and the attempt; empty outside of an activity."""
    if not activity.in_activity():
        return "", ""
    info = activity.info()
    started = _CHILD.split(info.workflow_id or "", maxsplit=1)[0]
    return started, f"{info.workflow_run_id}/{info.activity_id}/{PLACE.get()}"
