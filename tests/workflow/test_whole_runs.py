"""What a run does between the machine and Temporal: how it ends, what it leaves, and when it continues as new."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from interpreter.boundary.beginnings import Lease
from interpreter.boundary.caps import Cap
from interpreter.boundary.failures import BUDGET_EXCEEDED, OUTCOME_UNKNOWN
from interpreter.boundary.ledgers import row_of
from interpreter.boundary.names import (
    ASK_LOCK_ACTIVITY,
    CANCEL_RUN_ACTIVITY,
    CHILD_ENDED_SIGNAL,
    LEAVE_LOCK_SIGNAL,
    MEMO_DOUBTS,
    MEMO_RECORD,
    REPORT_SIGNAL,
    STORE_ACTIVITY,
    WATCH_FUNCTION,
    WORKFLOW,
)
from interpreter.boundary.payloads import ParentLink, Price, ReportRequest, RunOptions
from interpreter.core.outcomes import Failure
from interpreter.workflow import run as run_module
from interpreter.workflow.run import LONGEST_MESSAGE, _tellable
from tests.workflow.ends import activity_error, timeout
from tests.workflow.played import Played, gone, settle
from tests.workflow.running import PlayedRun, told

TOOLS = """edition 1
tool charge(x: int) -> int write keyed { compensate refund(x: result) costs 0.05 usd }
tool refund(x: int) idempotent
tool send(x: int) write final
tool look(x: int) -> int read
tool read(x: int) -> text read
"""
UP = ParentLink("up", "main/kid")
CHILD = f"child {WORKFLOW}"
EAGER = RunOptions(continue_eagerly=True)
TWO = TOOLS + "flow main(x: int) -> int { step a = charge(x: x) step b = charge(x: a) return b }"
SLEEPS = TOOLS + "flow main() { step charge(x: 1) sleep 1h }"
FAILS = TOOLS + 'flow main() { step charge(x: 1) fail "no" }'


def memos(played: Played) -> dict[str, Any]:
    return {name: value for memo in played.memos for name, value in memo.items()}


@pytest.mark.parametrize("parent", [None, UP])
async def test_a_value_and_what_goes_with_it(played: Played, parent: ParentLink | None) -> None:
    run = PlayedRun(played, TWO, {"x": 1}, parent=parent)
    first = await run.asked("charge")
    assert first.arguments == ({"x": 1},)
    first.end(told(5))
    second = await run.asked("charge")
    assert second.arguments == ({"x": 5},)
    second.end(told(6))
    result = await run.ended()
    assert (result["value"], result["spent"]) == (6, {"usd": "0.1", "calls": 2})
    assert ("record" in result) is (parent is None), "of a child its parent tells"
    assert ("costs" in result) is (parent is not None), "for whoever adds them up"
    assert [entry["state"] for entry in result["ledger"]] == ["done", "done"] if parent else True
    assert played.names == []


async def test_keys_are_those_of_the_first_execution(played: Played) -> None:
    played.info_.run_id = "third"
    run = PlayedRun(played, TWO, {"x": 1})
    await settle()
    command, _ = played.take("charge").header
    assert command.key == "run/first-run/main/a"
    assert not run.main.done()
    other = PlayedRun(played, TWO, {"x": 1}, key_base="rehearsed/1")
    await settle()
    command, _ = played.take("charge").header
    assert command.key == "rehearsed/1/main/a"
    assert not other.main.done()


@pytest.mark.parametrize("parent", [None, UP])
async def test_a_failure_and_what_is_left(played: Played, parent: ParentLink | None) -> None:
    run = PlayedRun(played, FAILS, parent=parent)
    await run.answers("charge", 5)
    undo = await run.asked("refund")
    assert undo.arguments == ({"x": 5},)
    undo.end(told(None))
    with pytest.raises(ApplicationError, match="no") as failed:
        await run.ended()
    (details,) = failed.value.details
    assert failed.value.non_retryable
    assert failed.value.type == details["failure"]["kind"]
    assert (details["spent"]["calls"], details["rehearsal"], details["ledger"]) == (1, False, [])
    assert ("record" in details) is (parent is None)
    assert ("costs" in details) is (parent is not None)
    assert "heard" not in details, "no server has said anything of a model"
    assert MEMO_DOUBTS not in memos(played)


async def test_doubts_that_are_left_stand_in_the_memo(played: Played) -> None:
    run = PlayedRun(played, TOOLS + "flow main() { step send(x: 1) }")
    (await run.asked("send")).fail(activity_error(timeout(None)))
    with pytest.raises(ApplicationError) as failed:
        await run.ended()
    assert failed.value.type == OUTCOME_UNKNOWN
    assert memos(played)[MEMO_DOUBTS]


def test_a_failure_that_is_too_large_is_told_without_its_details() -> None:
    small = Failure("Down", "m" * 3_000, details={"at": "here"})
    assert _tellable(small) == small
    assert _tellable(replace(small, details={"at": "x" * 200_000})) == Failure("Down", "m" * LONGEST_MESSAGE)


@pytest.mark.parametrize("reason", [None, "asked for"])
async def test_a_cancel_undoes_and_ends_as_cancelled(played: Played, reason: str | None) -> None:
    """After a continue no cancel was requested of this execution: it asks for its own."""
    played.reason = reason
    run = PlayedRun(played, SLEEPS)
    await run.answers("charge", 5)
    run.main.cancel()
    await run.answers("refund", None)
    if reason is None:
        assert not run.main.done()
        own = await run.asked(CANCEL_RUN_ACTIVITY)
        assert own.arguments == ("run",)
        own.fail(activity_error(None))
    with pytest.raises(asyncio.CancelledError):
        await run.ended()
    assert MEMO_RECORD in memos(played)
    assert CANCEL_RUN_ACTIVITY not in played.names


async def test_a_cancelled_child_reports_what_its_parent_could_not_know(played: Played) -> None:
    played.reason = "asked for"
    run = PlayedRun(played, SLEEPS, parent=UP)
    await run.answers("charge", 5)
    run.main.cancel()
    await run.answers("refund", None)
    signal = await run.asked(f"signal {CHILD_ENDED_SIGNAL}")
    report = signal.arguments[1]
    assert (signal.arguments[0], report.command, report.child, report.outcome) == ("up", "main/kid", "run", "cancelled")
    assert (report.spent.calls, report.ledger) == (1, [])
    signal.end()
    with pytest.raises(asyncio.CancelledError):
        await run.ended()
    assert MEMO_RECORD not in memos(played)


@pytest.mark.parametrize("parent_is_gone", [False, True])
async def test_a_child_that_was_told_reports_its_end_whatever_comes_meanwhile(
    played: Played, parent_is_gone: bool
) -> None:
    run = PlayedRun(played, TWO, {"x": 1}, parent=UP)
    run.flow.report_to_parent(ReportRequest(ParentLink("up again", "main/kid")))
    await run.answers("charge", 5)
    await run.answers("charge", 6)
    run.main.cancel()
    signal = await run.asked(f"signal {CHILD_ENDED_SIGNAL}")
    assert (signal.arguments[0], signal.arguments[1].outcome) == ("up again", "completed")
    if parent_is_gone:
        signal.fail(gone())
    else:
        signal.end()
    assert (await run.ended())["value"] == 6


async def test_a_failed_child_that_was_told_reports_it(played: Played) -> None:
    run = PlayedRun(played, TOOLS + 'flow main() { fail "no" }', parent=UP, report_to=UP)
    signal = await run.asked(f"signal {CHILD_ENDED_SIGNAL}")
    assert signal.arguments[1].outcome == "failed"
    signal.end()
    with pytest.raises(ApplicationError, match="no"):
        await run.ended()


async def test_a_lease_holds_and_without_one_nothing_does(played: Played) -> None:
    run = PlayedRun(played, TWO, {"x": 1}, lease=Lease(usd="0.06"), parent=UP)
    await run.answers("charge", 5)
    await run.answers("refund", None)
    with pytest.raises(ApplicationError) as failed:
        await run.ended()
    assert failed.value.type == BUDGET_EXCEEDED


async def test_a_cancelled_child_says_what_it_has_left_behind(played: Played) -> None:
    played.reason = "asked for"
    text = TOOLS + "flow main() { try { step send(x: 1) } on error OutcomeUnknown { } sleep 1h }"
    run = PlayedRun(played, text, parent=UP)
    (await run.asked("send")).fail(activity_error(timeout(None)))
    await run.goes_on()
    run.main.cancel()
    signal = await run.asked(f"signal {CHILD_ENDED_SIGNAL}")
    assert [entry["state"] for entry in signal.arguments[1].ledger] == ["uncertain"]


@pytest.mark.parametrize(("lent", "told_of"), [("0.1", False), ("0.2", True)])
async def test_a_child_that_spent_all_that_was_lent_need_not_say_so(played: Played, lent: str, told_of: bool) -> None:
    run = PlayedRun(played, TWO, {"x": 1}, lease=Lease(usd=lent, calls=2), parent=UP)
    await run.answers("charge", 5)
    await run.answers("charge", 6)
    assert ("spent" in await run.ended()) is told_of


async def test_what_an_execution_continues_with_is_all_that_it_began_with(played: Played) -> None:
    began = {
        "requester": "ann",
        "prices": {"m": Price("0.1", "0.2")},
        "max_output": {"m": 5},
        "refuses": {"m": ["files"]},
        "lanes": {"m": "slow"},
        "caps": [Cap("team", "book", "day", tokens=5)],
        "config": {"a": 1},
        "lease": Lease(calls=9),
        "parent": UP,
        "options": replace(EAGER, verified=True),
        "report_to": UP,
    }
    run = PlayedRun(played, TWO, {"x": 1}, **began)
    await run.answers("charge", 5)
    following = await run.continued()
    for name, value in began.items():
        assert getattr(following, name) == value, name
    assert following == replace(run.input, input=None, state=following.state)
    assert played.names == [], "the second call is asked for by the next execution"

    run = PlayedRun(played, following)
    command, _ = (await run.asked("charge")).header
    assert (command.key, command.arguments) == ("run/first-run/main/b", {"x": 5})


async def test_it_goes_on_where_it_stood_and_repeats_nothing(played: Played) -> None:
    run = PlayedRun(played, TWO, {"x": 1}, options=EAGER)
    await run.answers("charge", 5)
    run = PlayedRun(played, await run.continued())
    await run.answers("charge", 6)
    assert (await run.ended())["value"] == 6


async def test_it_does_not_continue_beside_a_call_in_flight(played: Played) -> None:
    text = TOOLS + "flow main() { parallel { step a = look(x: 1) step b = look(x: 2) } sleep 1h }"
    run = PlayedRun(played, text, options=EAGER)
    await run.answers("look", 5)
    assert not run.main.done()
    await run.answers("look", 5)
    assert (await run.continued()).state is not None


@pytest.mark.parametrize("handling", ["before", "at last"])
async def test_it_does_not_continue_before_each_reply_is_given(played: Played, handling: str) -> None:
    played.handling = True
    run = PlayedRun(played, TWO, {"x": 1}, options=EAGER)
    await run.answers("charge", 5)
    assert not run.main.done()
    played.handling = False
    assert (await run.continued()).state is not None


async def test_it_does_not_continue_by_itself_where_its_history_is_short(played: Played) -> None:
    run = PlayedRun(played, TWO, {"x": 1})
    await run.answers("charge", 5)
    assert not run.main.done()
    played.info_.suggested = True
    await run.answers("charge", 6)
    assert (await run.ended())["value"] == 6, "it is over, and continues no more"


WITH_CHILD = (
    TOOLS
    + """flow kid() { sleep 2h }
flow main() { parallel { step kid() branch b { step look(x: 1) sleep 1h } } }"""
)


async def test_each_open_child_is_told_to_report_before_it_continues(played: Played) -> None:
    run = PlayedRun(played, WITH_CHILD, options=EAGER)
    child = await run.asked(CHILD)
    child.end(played.handle())
    await run.answers("look", 5)
    assert not run.main.done()
    signal = await run.asked(f"signal {REPORT_SIGNAL}")
    assert signal.arguments[0] == child.options["id"]
    signal.end()
    following = await run.continued()
    assert list(following.children.values()) == [child.options["id"]]
    run = PlayedRun(played, following)
    await run.goes_on()
    assert CHILD not in played.names, "it runs already"
    assert not run.main.done()


async def test_where_a_child_has_just_ended_its_end_comes_first(played: Played) -> None:
    run = PlayedRun(played, WITH_CHILD, options=EAGER)
    ends = played.handle()
    (await run.asked(CHILD)).end(ends)
    await run.answers("look", 5)
    (await run.asked(f"signal {REPORT_SIGNAL}")).fail(gone())
    await run.goes_on()
    assert not run.main.done()


@pytest.mark.parametrize(("first_run", "meant"), [("first-run", True), ("", True), ("another", False)])
async def test_a_lock_is_taken_by_the_run_that_it_was_granted_to(played: Played, first_run: str, meant: bool) -> None:
    text = TOOLS + 'flow main() { exclusive by "door" within 3m { step look(x: 1) } }'
    run = PlayedRun(played, text)
    ask = await run.asked(ASK_LOCK_ACTIVITY)
    ask.end()
    run.flow.acquired(ask.arguments[0].command, first_run)
    await run.goes_on()
    assert ("look" in played.names) is meant
    if meant:
        await run.answers("look", 5)
        assert not run.main.done(), "it is given back first"
        (await run.asked(f"signal {LEAVE_LOCK_SIGNAL}")).end()
        await run.ended()


async def test_a_result_that_cannot_travel_lies_in_the_store(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "LARGEST_PAYLOAD", 1_000)
    run = PlayedRun(played, TOOLS + "flow main() -> [text] { step a = read(x: 1) return [a, a] }")
    await run.answers("read", "x" * 600)
    (await run.asked(f"local {STORE_ACTIVITY}")).fail(activity_error(ApplicationError("the disk is full")))
    await run.goes_on()
    assert "the disk is full" in str(memos(played))
    assert not run.main.done()
    (await run.asked("timer")).end()
    (await run.asked(f"local {STORE_ACTIVITY}")).end({"kept": "ab", "size": 9})
    result = await run.ended()
    assert result["references"] == [[[], "ab", 9]]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_ledger_that_cannot_travel_lies_in_the_store(
    played: Played, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr(run_module, "LARGEST_END", 100)
    end = 'fail "no"' if fails else "return"
    text = TOOLS + f"flow main() {{ try {{ step send(x: 1) }} on error OutcomeUnknown {{ }} {end} }}"
    run = PlayedRun(played, text, parent=UP)
    (await run.asked("send")).fail(activity_error(timeout(None)))
    kept = await run.asked(f"local {STORE_ACTIVITY}")
    assert [entry["state"] for entry in kept.arguments[0]] == ["uncertain"]
    kept.end({"kept": "ab" * 32, "size": 9})
    if not fails:
        assert (await run.ended())["ledger"] == row_of("ab" * 32, 9)
        return
    with pytest.raises(ApplicationError) as failed:
        await run.ended()
    assert failed.value.details[0]["ledger"] == row_of("ab" * 32, 9)


@pytest.mark.parametrize("wait", ["1s", "1h"])
async def test_a_moment_is_waited_for_too(played: Played, wait: str) -> None:
    run = PlayedRun(played, TOOLS + f"flow main() {{ sleep {wait} }}")
    timer = await run.asked("timer")
    assert timer.arguments == (1.0 if wait == "1s" else 3600.0,)
    timer.end()
    await run.ended()


async def test_who_watches_is_told_in_order(played: Played) -> None:
    told_: list[int] = []
    played.functions[WATCH_FUNCTION] = lambda number, trace: told_.append(number)
    run = PlayedRun(played, TWO, {"x": 1})
    await run.answers("charge", 5)
    await run.answers("charge", 6)
    await run.ended()
    assert len(told_) > 2
    assert told_ == list(range(1, len(told_) + 1))
