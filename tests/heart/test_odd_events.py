"""Events that come late, twice, or to nobody change nothing but the time."""

import random
from collections import Counter
from typing import Any

import pytest

from interpreter.boundary.payloads import Answer, AnswerVerdict, ChatResult, ChatUsage, ChildReport, RunResult, Spent
from interpreter.core.advance import advance
from interpreter.core.commands import Reply
from interpreter.core.events import (
    Answered,
    AnswerVerified,
    CallFailed,
    CancelRequested,
    ChildEnded,
    Evaluated,
    Event,
    ModelAnswered,
    TimerFired,
    ToolReturned,
)
from interpreter.core.snapshot import restore, save
from interpreter.simulation.simulation import SimulatedRun
from tests.heart.watched import Watched, flows

QUICK = 55
STEPS_BETWEEN = 5


def late_events(id_: str, at: float) -> list[Event]:
    """Every answer that a command could get."""
    result = RunResult(1, Spent("1", 1, 1))
    return [
        TimerFired(at, id_),
        ToolReturned(at, id_, {"id": "late"}),
        CallFailed(at, id_, "TimedOut", "late", "unknown"),
        ModelAnswered(at, id_, ChatResult({"answer": "late"}, ChatUsage(1, 1), "first")),
        ChildEnded(at, id_, ChildReport(id_, "completed", result)),
        Evaluated(at, id_, "late"),
        AnswerVerified(at, id_, AnswerVerdict("verified", "ann")),
    ]


def after(run: SimulatedRun, event: Event) -> tuple[Any, Any, list[Any]]:
    """The state before and after an event that the run itself never gets, and what it led to."""
    state = restore(save(run.state))
    before = save(state)
    commands = advance(run.definition, state, event)
    state.now = run.state.now
    return before, save(state), commands


class Disturber:
    """Tries odd events on copies of the state, after every few steps."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.tried: Counter[str] = Counter()

    def __call__(self, watched: Watched, run: SimulatedRun) -> None:
        if watched.steps % STEPS_BETWEEN:
            return
        at = run.state.now + 1
        base = run.state.key_base
        gone = sorted(id_ for of, id_ in watched.used if of == base and id_ not in run.state.pending)
        for id_ in self.chance.sample(gone, min(2, len(gone))):
            self.changes_nothing(run, self.chance.choice(late_events(id_, at)))
        if base in watched.cancelled or run.finish is not None:
            self.changes_nothing(run, CancelRequested(at))
        for answer_id in run.state.answers_seen:
            answer = Answer(answer_id, answer_id.rsplit("-", 1)[0], "reject", "mallory")
            self.changes_nothing(run, Answered(at, answer, "t"), Reply("t", False, "refused", ANOTHER_ANSWER))
        for question in run.state.settled:
            reply = Reply("t", False, "already_answered", f"this question is closed: {run.state.settled[question]}")
            self.changes_nothing(run, Answered(at, Answer("new", question, "approve", "ann"), "t"), reply)

    def changes_nothing(self, run: SimulatedRun, event: Event, *replies: Reply) -> None:
        before, now, commands = after(run, event)
        assert commands == list(replies)
        assert now == before
        self.tried[type(event).__name__] += 1


ANOTHER_ANSWER = "an answer of this id was given before, and it was another one"


@pytest.fixture(scope="module")
def tried() -> Counter[str]:
    found: Counter[str] = Counter()
    for seed, definition in flows(QUICK, 500):
        disturber = Disturber(seed)
        Watched.some(definition, f"odd {seed}", also=disturber).run()
        found += disturber.tried
    return found


@pytest.mark.parametrize(
    "event",
    [
        TimerFired,
        ToolReturned,
        CallFailed,
        ModelAnswered,
        ChildEnded,
        Evaluated,
        AnswerVerified,
        CancelRequested,
        Answered,
    ],
    ids=lambda event: event.__name__,
)
def test_late_events_change_nothing(tried: Counter[str], event: type) -> None:
    assert tried[event.__name__] > 3
