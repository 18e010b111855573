"""A tool knows a key for so long only. What is called again with one that it has forgotten would happen twice."""

from typing import Any

import pytest

from interpreter.boundary.failures import NOT_REGISTERED, OUTCOME_UNKNOWN, SIGNATURE_MISMATCH
from interpreter.core.advance import advance
from interpreter.core.commands import CallTool, Cancel, Finish, SetTimer
from interpreter.core.events import CallFailed, CancelRequested, Started, TimerFired, ToolReturned
from interpreter.core.snapshot import decode
from interpreter.core.state import State
from interpreter.simulation.simulation import Switches
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import Ended, play
from tests.heart.watched import definition_of

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
TEXT = """edition 1
tool post(n: int) -> {{ id: text }} write keyed for 1h {{ timeout 1s verify none "it cannot" compensate {undo} }}
tool undo(n: int) idempotent
flow main() -> text {{ step p = post(n: 1) return p.id }}
"""
SIMPLE = TEXT.format(undo="undo(n: n)")
NEEDS_RESULT = TEXT.format(undo="undo(n: len(result.id))")
LATE = Fails("TimedOut", "no answer", "timed_out", 1.0)
DONE = Returns({"id": "p"}, 0.1)
MISFIT = Returns({"id": 5}, 1.0)


def run(text: str, *post: Planned, **given: Any) -> Ended:
    return play(text, {"post": list(post), "undo": [Returns()]}, **given)


@SWITCHES
def test_an_attempt_that_was_not_heard_of_is_made_again_while_its_key_is_known(switches: Switches) -> None:
    ended = run(SIMPLE, LATE, DONE, away=(1.5, 3599.0), switches=switches)
    assert ended.value == "p"
    assert ended.times("post") == [0.0, 3599.0]


@SWITCHES
@pytest.mark.parametrize("back", [3600.0, 7200.0])
def test_a_worker_that_was_away_for_too_long_makes_no_call_with_a_forgotten_key(
    switches: Switches, back: float
) -> None:
    """The wait for the next attempt is over at 2, and heard of when a worker is `back`."""
    ended = run(SIMPLE, LATE, DONE, away=(1.5, back), switches=switches)
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.failure.details == {"kind": "TimedOut", "message": "no answer"}
    assert ended.times("post") == [0.0]
    assert len(ended.times("undo")) == 1


@SWITCHES
def test_a_key_is_as_old_as_its_first_call(switches: Switches) -> None:
    """Each attempt is in time for the one before it, and the third is not for the first."""
    ended = run(SIMPLE, LATE, LATE, DONE, away=(3.5, 3600.0), switches=switches)
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.times("post") == [0.0, 2.0]


@SWITCHES
@pytest.mark.parametrize(("back", "calls"), [(3599.0, [0.0, 3599.0]), (3601.0, [0.0])])
def test_an_answer_that_cannot_be_read_is_asked_for_again_in_time_only(
    switches: Switches, back: float, calls: list[float]
) -> None:
    ended = run(NEEDS_RESULT, MISFIT, DONE, away=(0.5, back), switches=switches)
    assert ended.times("post") == calls
    assert ended.outcome == ("completed" if len(calls) == 2 else "failed")


@SWITCHES
def test_an_answer_that_cannot_be_read_is_asked_for_once_more_and_no_further(switches: Switches) -> None:
    ended = run(NEEDS_RESULT, MISFIT, switches=switches)
    assert ended.failure.kind == OUTCOME_UNKNOWN
    assert ended.times("post") == [0.0, 1.0]


class ByHand:
    """The same flow, moved on event by event."""

    def __init__(self, text: str = SIMPLE) -> None:
        definition = definition_of(text)
        assert definition is not None
        self.definition = definition
        self.state = State("main", "hash", "run")
        self.call = self.take(Started(0.0, {}))

    def take(self, event: Any) -> Any:
        """The only command that follows."""
        (command,) = advance(self.definition, self.state, event)
        return command

    def doubted(self) -> CallTool:
        """The second attempt, one second after the first was not heard of."""
        timer = self.take(CallFailed(1.0, self.call.id, "TimedOut", "no answer", "timed_out"))
        assert type(timer) is SetTimer
        again = self.take(TimerFired(2.0, timer.id))
        assert type(again) is CallTool
        return again


def test_a_first_call_may_wait_for_a_worker_as_long_as_it_has_to() -> None:
    assert ByHand().call.start_within is None


def test_a_call_again_is_begun_while_the_key_is_known_or_not_at_all() -> None:
    """The server holds it for a worker, which may come much later."""
    assert ByHand().doubted().start_within == 3_598_000


def test_a_call_after_one_that_surely_had_no_effect_may_wait() -> None:
    run = ByHand()
    timer = run.take(CallFailed(1.0, run.call.id, "TimedOut", "nobody took it", "not_started"))
    assert run.take(TimerFired(2.0, timer.id)).start_within is None


def test_a_call_for_an_answer_that_could_not_be_read_is_begun_in_time() -> None:
    run = ByHand(NEEDS_RESULT)
    again = run.take(ToolReturned(600.0, run.call.id, {"id": None}))
    assert (type(again), again.start_within) == (CallTool, 3_000_000)
    elsewhere = CallFailed(601.0, again.id, NOT_REGISTERED, "no such tool here", "not_started")
    timer = run.take(elsewhere)
    assert run.take(TimerFired(1000.0, timer.id)).start_within == 2_600_000


def test_an_answer_that_cannot_be_read_is_not_asked_for_at_the_moment_when_the_key_is_forgotten() -> None:
    run = ByHand(NEEDS_RESULT)
    end = run.take(ToolReturned(3600.0, run.call.id, {"id": None}))
    assert type(end) is Finish
    assert decode(end.failure).kind == OUTCOME_UNKNOWN


def test_an_answer_that_cannot_be_read_is_not_asked_for_once_the_run_is_cancelled() -> None:
    run = ByHand(NEEDS_RESULT)
    assert type(run.take(CancelRequested(0.5))) is Cancel
    assert type(run.take(ToolReturned(1.0, run.call.id, {"id": None}))) is Finish


def test_a_call_for_an_answer_is_not_made_when_a_worker_that_has_it_comes_too_late() -> None:
    run = ByHand(NEEDS_RESULT)
    again = run.take(ToolReturned(600.0, run.call.id, {"id": None}))
    timer = run.take(CallFailed(601.0, again.id, NOT_REGISTERED, "no such tool here", "not_started"))
    end = run.take(TimerFired(3600.0, timer.id))
    assert type(end) is Finish
    assert decode(end.failure).kind == OUTCOME_UNKNOWN


def test_a_worker_that_asks_for_the_signature_in_words_too_late_gets_none() -> None:
    run = ByHand()
    again = run.doubted()
    mismatch = CallFailed(1000.0, again.id, SIGNATURE_MISMATCH, "another signature", "answered")
    in_words = run.take(mismatch)
    assert (in_words.declared != "", in_words.start_within) == (True, 2_600_000)

    run = ByHand()
    again = run.doubted()
    commands = advance(
        run.definition, run.state, CallFailed(3600.0, again.id, SIGNATURE_MISMATCH, "another signature", "answered")
    )
    assert [command.tool for command in commands if type(command) is CallTool] == ["undo"]
