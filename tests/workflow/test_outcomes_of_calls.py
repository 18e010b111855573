"""Each way in which an activity can end, and what it says about the effect: the rule that decides whether a write is
made again.
"""

import asyncio
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError, FailureError, RetryState, ServerError, TerminatedError, TimeoutType

from interpreter.boundary.failures import (
    CANCELLED,
    NOT_CALLED,
    NOT_REGISTERED,
    OBJECT_MISSING,
    RATE_LIMITED,
    SIGNATURE_MISMATCH,
    STILL_RUNNING,
    TIMED_OUT,
    UNDECLARED,
    WORKER_BUSY,
)
from interpreter.boundary.payloads import Answer, ChatRequest
from interpreter.boundary.told import MACHINE_KINDS, SDK_NOT_FOUND, SDK_NOT_FOUND_TEXT, told_by_worker
from interpreter.core.commands import AttemptModel, Evaluate, Pause, VerifyAnswer
from interpreter.core.events import CallFailed, Certainty
from interpreter.workflow.calls import Call, NeverSent
from interpreter.workflow.outcomes import LONGEST_KIND, LONGEST_MESSAGE, MOST_DETAILS, call_event
from tests.workflow.ends import a_call, activity_error, cancelled, others, timeout

TOOL = a_call()
MODEL = AttemptModel("main/ask", ChatRequest("ask", "m", "hello"), 60_000, "ask")
EVALUATION, PAUSE = Evaluate("main/let", {}, {}), Pause("main/pause")
VERIFICATION = VerifyAnswer("main/ok", Answer("1", "main/ok", "approve", "ann"), 5.0)
EVERY = [TOOL, MODEL, EVALUATION, PAUSE, VERIFICATION]


def failed(error: BaseException, command: Call = TOOL) -> CallFailed:
    event = call_event(command, 7.0, None, error)
    assert type(event) is CallFailed
    assert (event.at, event.id) == (7.0, command.id)
    return event


def said(type_: str | None, message: str = "no", *details: Any, final: bool = False, by: Call = TOOL) -> CallFailed:
    cause = ApplicationError(message, *details, type=type_, non_retryable=final)
    return failed(activity_error(cause), by)


@pytest.mark.parametrize("command", [TOOL, MODEL], ids=["tool", "model"])
def test_an_error_of_the_implementation_is_its_answer(command: Call) -> None:
    told = said("CardDeclined", "no money", {"code": 51}, "again", by=command)
    assert told == CallFailed(7.0, command.id, "CardDeclined", "no money", "answered", True, ({"code": 51}, "again"))
    assert not said("CardDeclined", final=True, by=command).retryable


@pytest.mark.parametrize("type_", [None, ""])
@pytest.mark.parametrize("command", [TOOL, MODEL], ids=["tool", "model"])
def test_an_error_without_a_type_is_undeclared(type_: str | None, command: Call) -> None:
    told = said(type_, by=command)
    assert (told.kind, told.certainty, told.retryable) == (UNDECLARED, "answered", True)


@pytest.mark.parametrize("kind", sorted(MACHINE_KINDS))
def test_nobody_but_our_worker_says_a_kind_of_the_machine(kind: str) -> None:
    told = said(kind)
    assert (told.kind, told.certainty) == (UNDECLARED, "answered")


@pytest.mark.parametrize("kind", [UNDECLARED, SIGNATURE_MISMATCH, NOT_CALLED, STILL_RUNNING, WORKER_BUSY])
def test_the_word_of_our_worker_is_believed(kind: str) -> None:
    told = said(told_by_worker(kind), "so it is", ["declared", "offered"], final=True)
    assert told == CallFailed(7.0, TOOL.id, kind, "so it is", "answered", False, (["declared", "offered"],))


def test_what_is_at_work_still_has_not_answered() -> None:
    told = said(told_by_worker(UNDECLARED, at_work=True), "stopping")
    assert (told.kind, told.certainty) == (UNDECLARED, "timed_out")


def test_a_worker_without_the_tool_has_not_begun_it() -> None:
    by_sdk = said(SDK_NOT_FOUND, f"Activity function card.charge {SDK_NOT_FOUND_TEXT} a, b")
    assert (by_sdk.kind, by_sdk.certainty) == (NOT_REGISTERED, "not_started")
    by_us = said(told_by_worker(NOT_REGISTERED))
    assert (by_us.kind, by_us.certainty) == (NOT_REGISTERED, "not_started")


@pytest.mark.parametrize(
    ("offered", "told"),
    [
        ("steadflow.chat, steadflow.pause", ""),
        ("here, steadflow.chat, there.too", "; it has `here`, `there.too`"),
        (", ".join(f"t{n}" for n in range(12)), f"; it has {', '.join(f'`t{n}`' for n in range(10))} and 2 more"),
    ],
)
def test_what_a_worker_lacks_is_told_without_the_words_of_a_library(offered: str, told: str) -> None:
    by_sdk = said(SDK_NOT_FOUND, f"Activity function card.charge for workflow r-1 {SDK_NOT_FOUND_TEXT} {offered}")
    assert by_sdk.message == f"the worker that was asked does not have `card.charge`{told}"


def test_a_tool_that_says_so_itself_is_not_taken_for_a_missing_one() -> None:
    other_words = said(SDK_NOT_FOUND, "no such customer")
    assert (other_words.kind, other_words.certainty) == (SDK_NOT_FOUND, "answered")
    assert said(NOT_REGISTERED).certainty == "answered"


def test_a_model_says_how_it_failed_in_plain_words() -> None:
    """Its activity is ours alone, so what it says is the worker's word, and of any length."""
    detail = {"charge": "none", "long": "x" * MOST_DETAILS}
    told = said(RATE_LIMITED, "m" * 2 * LONGEST_MESSAGE, detail, by=MODEL)
    assert (told.kind, told.certainty, told.details) == (RATE_LIMITED, "answered", (detail,))
    assert len(told.message) == 2 * LONGEST_MESSAGE


def test_the_word_of_our_worker_keeps_its_length() -> None:
    told = said(told_by_worker(SIGNATURE_MISMATCH), "m" * 2 * LONGEST_MESSAGE, "d" * MOST_DETAILS)
    assert (len(told.message), len(told.details[0])) == (2 * LONGEST_MESSAGE, MOST_DETAILS)


def test_a_foreign_worker_writes_no_novel_into_a_failure() -> None:
    assert said("K" * LONGEST_KIND).kind == "K" * LONGEST_KIND
    assert said("Declined", "m" * LONGEST_MESSAGE).message == "m" * LONGEST_MESSAGE
    long = said("K" * (LONGEST_KIND + 1), "m" * LONGEST_MESSAGE)
    assert long.kind == UNDECLARED
    assert long.message.startswith("K" * LONGEST_KIND + "…: mmm")
    assert len(long.message) == LONGEST_MESSAGE
    assert long.message.endswith("m…")


def test_details_that_cannot_be_recorded_are_left_out() -> None:
    assert said("Declined", "no", {"a": [1, None]}).details == ({"a": [1, None]},)
    assert said("Declined", "no", "x" * (MOST_DETAILS - 4)).details == ("x" * (MOST_DETAILS - 4),)
    assert said("Declined", "no", "x" * (MOST_DETAILS - 3)).details == ()
    assert said("Declined", "no", float("nan")).details == ()
    assert said("Declined", "no", object()).details == ()


@pytest.mark.parametrize("command", EVERY, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("local", [False, True], ids=["remote", "local"])
def test_whatever_lacks_an_object_was_not_begun(command: Call, local: bool) -> None:
    cause = ApplicationError("the object is gone", "a" * 64, type=told_by_worker(OBJECT_MISSING))
    told = failed(cause if local else activity_error(cause), command)
    assert told == CallFailed(7.0, command.id, OBJECT_MISSING, "the object is gone", "not_started", True, ("a" * 64,))


def test_a_tool_does_not_say_that_an_object_is_missing() -> None:
    told = said(OBJECT_MISSING, "it is gone", "a" * 64)
    assert (told.kind, told.certainty) == (UNDECLARED, "answered")


@pytest.mark.parametrize(("started", "certainty"), [(True, "cancelled"), (False, "not_started")])
@pytest.mark.parametrize("command", [TOOL, MODEL], ids=["tool", "model"])
def test_a_cancelled_call(started: bool, certainty: Certainty, command: Call) -> None:
    told = failed(activity_error(cancelled(), started=started), command)
    assert (told.kind, told.certainty, told.details) == (CANCELLED, certainty, ())


TIMEOUTS: dict[TimeoutType | None, tuple[Certainty, str]] = {
    TimeoutType.START_TO_CLOSE: ("timed_out", "start to close"),
    TimeoutType.SCHEDULE_TO_CLOSE: ("timed_out", "schedule to close"),
    TimeoutType.HEARTBEAT: ("timed_out", "heartbeat"),
    TimeoutType.SCHEDULE_TO_START: ("not_started", "schedule to start"),
    None: ("timed_out", "unknown"),
}


@pytest.mark.parametrize("kind", [*TimeoutType, None], ids=str)
@pytest.mark.parametrize("started", [True, False], ids=["started", "not started"])
def test_a_timeout(kind: TimeoutType | None, started: bool) -> None:
    """Only one that says that nobody took it, says that nothing happened."""
    certainty, words = TIMEOUTS[kind]
    told = failed(activity_error(timeout(kind), started=started))
    assert (told.kind, told.certainty, told.message) == (TIMED_OUT, certainty, f"timed out ({words})")
    assert told.retryable


@pytest.mark.parametrize("cause", others(), ids=lambda cause: type(cause).__name__)
@pytest.mark.parametrize(("started", "certainty"), [(True, "unknown"), (False, "not_started")])
def test_the_server_ended_it(cause: FailureError | None, started: bool, certainty: Certainty) -> None:
    told = failed(activity_error(cause, started=started))
    assert (told.kind, told.certainty) == (UNDECLARED, certainty)
    assert told.message == ("Activity task failed" if cause is None else str(cause))


@pytest.mark.parametrize("state", RetryState)
def test_whether_the_server_would_have_tried_again_says_nothing(state: RetryState) -> None:
    for cause in (ApplicationError("no", type="Declined"), timeout(TimeoutType.HEARTBEAT), cancelled(), *others()):
        for started in (True, False):
            plain = failed(activity_error(cause, started=started))
            assert failed(activity_error(cause, started=started, retry_state=state)) == plain


def test_a_call_that_never_left_was_not_started() -> None:
    told = failed(NeverSent())
    assert (told.kind, told.certainty) == (CANCELLED, "not_started")


def test_a_call_given_up_while_it_runs_is_unknown() -> None:
    told = failed(asyncio.CancelledError())
    assert (told.kind, told.certainty) == (CANCELLED, "unknown")


@pytest.mark.parametrize("error", [ValueError("a bug"), RuntimeError("another")])
@pytest.mark.parametrize("command", [TOOL, MODEL], ids=["tool", "model"])
def test_what_is_no_end_of_an_activity_is_our_bug(error: Exception, command: Call) -> None:
    with pytest.raises(type(error), match=str(error)):
        call_event(command, 7.0, None, error)


@pytest.mark.parametrize(
    "error",
    [
        ApplicationError("a bug", type="ValueError"),
        activity_error(ApplicationError("a bug", type="ValueError")),
        activity_error(timeout(TimeoutType.START_TO_CLOSE)),
        activity_error(TerminatedError("terminated")),
        asyncio.CancelledError(),
    ],
    ids=["plain", "wrapped", "timeout", "terminated", "cancelled"],
)
@pytest.mark.parametrize("command", [EVALUATION, PAUSE], ids=["evaluation", "pause"])
def test_work_without_effects_fails_only_by_our_bug(error: BaseException, command: Call) -> None:
    with pytest.raises(type(error)) as raised:
        call_event(command, 7.0, None, error)
    assert raised.value is error


@pytest.mark.parametrize(
    "error",
    [ApplicationError("a bug", type="ValueError"), timeout(TimeoutType.SCHEDULE_TO_CLOSE), ValueError("a bug")],
    ids=["application", "timeout", "other"],
)
def test_nobody_knows_who_answered_when_that_could_not_be_found_out(error: Exception) -> None:
    told = failed(error, VERIFICATION)
    assert (told.kind, told.certainty) == (UNDECLARED, "unknown")
    assert told.message == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    "cause",
    [
        ApplicationError("no", {"a": 1}, type="Declined"),
        ApplicationError("here not", type=told_by_worker(NOT_REGISTERED)),
        timeout(TimeoutType.SCHEDULE_TO_CLOSE),
        timeout(TimeoutType.SCHEDULE_TO_START),
        cancelled(),
        ServerError("?"),
    ],
    ids=["declared", "not registered", "timeout", "never begun", "cancelled", "server"],
)
@pytest.mark.parametrize("command", [TOOL, MODEL], ids=["tool", "model"])
def test_local_work_ends_with_its_cause_as_it_is_and_had_begun(cause: FailureError, command: Call) -> None:
    assert failed(cause, command) == failed(activity_error(cause), command)
