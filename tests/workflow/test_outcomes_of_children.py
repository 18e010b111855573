"""Each way in which a child can end, and what its parent then knows of it."""

import asyncio
from typing import Any

import pytest
from temporalio.exceptions import (
    ApplicationError,
    FailureError,
    ServerError,
    TerminatedError,
    TimeoutType,
    WorkflowAlreadyStartedError,
)

from dsl.expressions.values import Reference
from interpreter.boundary.failures import NOT_CALLED, RUN_LOST, UNDECLARED
from interpreter.boundary.payloads import ChildReport, RunResult, Spent
from interpreter.workflow.beside import report_joined
from interpreter.workflow.outcomes import child_event
from tests.workflow.ends import cancelled, child_error, timeout

SPENT = Spent("0.25", 70, 3)
LEDGER = [{"path": "main/child/charge", "state": "done"}]
FAILURE = {"$type": "Failure", "kind": "Broken", "message": "no", "path": "child/step"}


def report(result: RunResult | None = None, error: BaseException | None = None) -> ChildReport:
    event = child_event("main/child", 7.0, result, error)
    assert (event.at, event.id, event.report.command) == (7.0, "main/child", "main/child")
    return event.report


def failed(*details: Any, type_: str | None = "Broken") -> ChildReport:
    return report(error=child_error(ApplicationError("no", *details, type=type_, non_retryable=True)))


def test_a_completed_child_hands_over_all_that_it_has() -> None:
    result = RunResult(5, SPENT, rehearsal=True, ledger=LEDGER)
    told = report(result)
    assert (told.outcome, told.spent, told.ledger, told.failure) == ("completed", SPENT, LEDGER, None)
    assert told.result is not None
    assert (told.result.value, told.result.rehearsal) == (5, True)


def test_what_of_its_value_is_a_reference_is_one_again() -> None:
    hash_ = "a" * 64
    data = [{"$ref": "b" * 64, "$size": 9}, {"$ref": hash_, "$size": 7}]
    told = report(RunResult(data, SPENT, references=[[[1], hash_, 7]]))
    assert told.result is not None
    assert told.result.value == [{"$ref": "b" * 64, "$size": 9}, Reference(hash_, 7)]
    assert told.result.references == []


def test_a_failed_child_says_why_what_it_spent_and_what_it_leaves() -> None:
    detail = {"failure": FAILURE, "spent": vars(SPENT), "rehearsal": True, "ledger": LEDGER}
    told = failed(detail)
    assert told == ChildReport("main/child", "failed", None, FAILURE, SPENT, LEDGER, rehearsal=True)


def test_a_failed_child_without_answers_that_were_made_up() -> None:
    assert not failed({"failure": FAILURE, "spent": vars(SPENT), "rehearsal": False, "ledger": []}).rehearsal


@pytest.mark.parametrize("details", [(), ("text",), ([1],), (None,), ({},), ({"other": 1},)], ids=str)
def test_of_a_failure_that_is_not_ours_nobody_can_say_what_it_leaves(details: tuple[Any, ...]) -> None:
    told = failed(*details)
    assert (told.outcome, told.spent, told.ledger, told.result) == ("failed", None, None, None)
    assert told.failure == {"$type": "Failure", "kind": "Broken", "message": "no"}
    assert not told.rehearsal


def test_a_failure_without_a_type_is_undeclared() -> None:
    assert failed(type_=None).failure["kind"] == UNDECLARED


def test_a_child_that_never_began_spent_nothing_and_leaves_nothing() -> None:
    told = report(error=WorkflowAlreadyStartedError("run/1/main/child", "steadflow"))
    assert (told.outcome, told.spent, told.ledger) == ("failed", Spent(), [])
    assert told.failure["kind"] == NOT_CALLED
    assert "run/1/main/child" in told.failure["message"]


def test_a_cancelled_child_has_undone_what_it_did() -> None:
    """One that leaves a doubt fails. What it spent comes by its report."""
    told = report(error=child_error(cancelled()))
    assert (told.outcome, told.spent, told.ledger, told.failure) == ("cancelled", None, [], None)


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (TerminatedError("terminated"), "terminated"),
        (timeout(TimeoutType.START_TO_CLOSE), "activity timed out"),
        (ServerError("the shard moved"), "the shard moved"),
        (FailureError("something"), "something"),
        (None, "Child Workflow execution failed"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_child_that_did_not_end_by_itself_is_lost(cause: FailureError | None, message: str) -> None:
    told = report(error=child_error(cause))
    assert (told.outcome, told.spent, told.ledger, told.result) == ("lost", None, None, None)
    assert (told.failure["kind"], told.failure["message"]) == (RUN_LOST, message)


@pytest.mark.parametrize(
    "error", [ValueError("a bug"), ApplicationError("no", type="Broken"), asyncio.CancelledError()]
)
def test_what_is_no_end_of_a_child_is_our_bug(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised:
        child_event("main/child", 7.0, None, error)
    assert raised.value is error


def test_an_end_that_a_child_reports_has_its_references_again() -> None:
    hash_ = "a" * 64
    data = [{"$ref": hash_, "$size": 7}, {"$ref": hash_, "$size": 7}]
    told = report_joined(ChildReport("main/child", "completed", RunResult(data, SPENT, references=[[[0], hash_, 7]])))
    assert told.result is not None
    assert told.result.value == [Reference(hash_, 7), {"$ref": hash_, "$size": 7}]
    assert (told.result.references, told.result.spent) == ([], SPENT)


@pytest.mark.parametrize("result", [None, RunResult([{"$ref": "a" * 64, "$size": 7}], SPENT)])
def test_an_end_without_references_stays_as_it_is(result: RunResult | None) -> None:
    told = ChildReport("main/child", "completed", result)
    assert report_joined(told) == told
