"""What Temporal says about a call or a child, as the machine's events."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TimeoutError,
    TimeoutType,
    WorkflowAlreadyStartedError,
)

from dsl.ast.types import NamedType
from dsl.values.validate import validate
from interpreter.boundary.batches import BatchReply
from interpreter.boundary.caps import ClaimReply
from interpreter.boundary.costs import Cost
from interpreter.boundary.failures import (
    CANCELLED,
    INVALID_OUTPUT,
    NOT_CALLED,
    NOT_REGISTERED,
    OBJECT_MISSING,
    RUN_LOST,
    TIMED_OUT,
    UNDECLARED,
)
from interpreter.boundary.payloads import (
    JSON,
    AnswerVerdict,
    ChatResult,
    ChildReport,
    EvaluateResult,
    HeardOfModels,
    InlineResult,
    RunResult,
    Spent,
)
from interpreter.boundary.told import Told, heard, is_workers, lacks_the_key, of_missing
from interpreter.core.caps import refused_claim
from interpreter.core.commands import AttemptModel, CallTool, Evaluate, Pause, Settle, VerifyAnswer
from interpreter.core.events import (
    AnswerVerified,
    BatchTold,
    CallFailed,
    Certainty,
    ChildEnded,
    Evaluated,
    Event,
    ModelAnswered,
    Resumed,
    Settled,
    ToolReturned,
)
from interpreter.workflow.beside import is_unseen, report_joined, result_of
from interpreter.workflow.calls import Call
from interpreter.workflow.carriers import NeverSent
from interpreter.workflow.limits import size_of, too_large

LONGEST_KIND, LONGEST_MESSAGE, MOST_DETAILS = 100, 2_000, 64 * 1024
"""Of a failure that another worker tells: characters, and bytes of JSON. Our own keeps to them by itself."""


def call_event(command: Call, at: float, result: Any, error: BaseException | None) -> Event:
    """The event for an activity that has ended."""
    if type(command) is Settle and isinstance(error, FailureError | asyncio.CancelledError | None):
        return Settled(at, command.id)
    if error is not None and _lacks_an_object(error):
        return _unread(command.id, at, error)
    if error is not None and type(command) in (Evaluate, Pause):
        raise error
    if type(command) is Pause:
        return Resumed(at, command.id)
    if error is not None and type(command) is VerifyAnswer:
        said = _said(error)
        return CallFailed(at, command.id, UNDECLARED, f"{type(said).__name__}: {said}", "unknown")
    if error is not None:
        return call_failed(command.id, at, error, by_tool=type(command) is CallTool)
    if type(command) is AttemptModel and type(result) is RawValue:  # it was carried
        result = workflow.payload_converter().from_payload(result.payload, ChatResult)
    if type(result) in _EVENTS:
        return _EVENTS[type(result)](command.id, at, result)
    try:
        answer = result_of(result)
    except Exception as unreadable:  # noqa: BLE001 - the converter's own, of any kind: an activity may answer anything
        reason = f"its answer is not JSON: {type(unreadable).__name__}: {unreadable}"
        return CallFailed(at, command.id, INVALID_OUTPUT, reason, "unknown", retryable=False)
    return ToolReturned(at, command.id, answer, is_unseen(result))


def _evaluated(id_: str, at: float, result: EvaluateResult) -> Event:
    return Evaluated(at, id_, result.value, result.error_kind, result.error_message)


def _not_inlined(id_: str, at: float, result: InlineResult) -> Event:
    return CallFailed(at, id_, NOT_CALLED, too_large(result.size), "not_started", retryable=False)


_EVENTS: dict[type, Callable[[str, float, Any], Event]] = {
    ClaimReply: refused_claim,
    ChatResult: lambda id_, at, result: ModelAnswered(at, id_, result),
    BatchReply: lambda id_, at, result: BatchTold(at, id_, result),
    AnswerVerdict: lambda id_, at, result: AnswerVerified(at, id_, result),
    EvaluateResult: _evaluated,
    InlineResult: _not_inlined,
}
"""By what an activity of ours has answered; what is none of these is a tool's."""


def _lacks_an_object(error: BaseException) -> bool:
    """Whether it is the worker's word that a value could not be read."""
    cause = _said(error)
    if not isinstance(cause, ApplicationError):
        return False
    return heard(cause.type).kind == OBJECT_MISSING or _key_that_is_missing(cause) is not None


def _key_that_is_missing(cause: ApplicationError) -> ApplicationError | None:
    """What the worker said that could not decrypt its arguments."""
    below = cause.cause
    if isinstance(below, ApplicationError) and lacks_the_key(cause.type, cause.message, below.type):
        return below
    return None


def _unread(id_: str, at: float, error: BaseException) -> CallFailed:
    """Whatever needed the object was not begun."""
    cause = _said(error)
    assert isinstance(cause, ApplicationError)
    cause = _key_that_is_missing(cause) or cause
    return CallFailed(at, id_, OBJECT_MISSING, cause.message, "not_started", details=tuple(cause.details))


def _said(error: BaseException) -> BaseException | None:
    """What ended an activity. A local one that was not tried again ends with it as it is."""
    return error.cause if isinstance(error, ActivityError) else error


def call_failed(id_: str, at: float, error: BaseException, *, by_tool: bool) -> CallFailed:
    """What an activity's error says about its effect. What is not Temporal's own error is a bug of ours, and raised.
    That of a local activity comes as it is, not as an `ActivityError`.
    """
    if isinstance(error, NeverSent):
        return CallFailed(at, id_, CANCELLED, "cancelled before it was issued", "not_started")
    if isinstance(error, asyncio.CancelledError):
        return CallFailed(at, id_, CANCELLED, "cancelled, and not heard of", "unknown")
    if isinstance(error, ActivityError):
        started, cause = bool(error.started_event_id), error.cause
    elif isinstance(error, FailureError):  # of local work
        started, cause = True, error
    else:
        raise error
    if isinstance(cause, ApplicationError):
        told = heard(cause.type, cause.message) if by_tool else Told(cause.type or UNDECLARED)
        certainty: Certainty = "timed_out" if told.at_work else "answered"
        message = cause.message
        if told.kind == NOT_REGISTERED:
            certainty = "not_started"
            message = message if is_workers(cause.type) else of_missing(message)
        if by_tool and not is_workers(cause.type):
            return _said_elsewhere(CallFailed(at, id_, told.kind, message, certainty, not cause.non_retryable), cause)
        return CallFailed(at, id_, told.kind, cause.message, certainty, not cause.non_retryable, tuple(cause.details))
    if isinstance(cause, CancelledError):
        return CallFailed(at, id_, CANCELLED, "cancelled", "cancelled" if started else "not_started")
    if isinstance(cause, TimeoutError):
        waiting = cause.type == TimeoutType.SCHEDULE_TO_START
        what = cause.type.name.lower().replace("_", " ") if cause.type is not None else "unknown"
        ending: Certainty = "not_started" if waiting else "timed_out"
        return CallFailed(at, id_, TIMED_OUT, f"timed out ({what})", ending, silent=not waiting)
    return CallFailed(at, id_, UNDECLARED, str(cause or error), "unknown" if started else "not_started")


def _said_elsewhere(failed: CallFailed, cause: ApplicationError) -> CallFailed:
    """A worker that is not ours may write anything into a failure; so much of it goes on."""
    whole = failed.message if len(failed.kind) <= LONGEST_KIND else f"{failed.kind[:LONGEST_KIND]}…: {failed.message}"
    return replace(
        failed,
        kind=failed.kind if len(failed.kind) <= LONGEST_KIND else UNDECLARED,
        message=whole if len(whole) <= LONGEST_MESSAGE else whole[: LONGEST_MESSAGE - 1] + "…",
        details=tuple(cause.details) if _can_be_recorded(list(cause.details)) else (),
    )


def _can_be_recorded(details: list[Any]) -> bool:
    return not validate(details, NamedType("json"), {}).problems and size_of(details) <= MOST_DETAILS


def child_event(id_: str, at: float, result: RunResult | None, error: BaseException | None) -> ChildEnded:
    """The event for a child whose native handle has ended."""
    if error is None:
        assert result is not None
        report = ChildReport(id_, "completed", result, None, result.spent, result.ledger, costs=result.costs)
        return ChildEnded(at, id_, report_joined(report))
    if isinstance(error, WorkflowAlreadyStartedError):
        taken = {"$type": "Failure", "kind": NOT_CALLED, "message": f"another run has the id {error.workflow_id}"}
        return ChildEnded(at, id_, ChildReport(id_, "failed", None, taken, Spent(), []))
    if not isinstance(error, ChildWorkflowError):
        raise error
    cause = error.cause
    if isinstance(cause, ApplicationError):
        detail = cause.details[0] if cause.details and type(cause.details[0]) is dict else {}
        spent = Spent(**detail["spent"]) if "spent" in detail else None
        failure = detail.get("failure") or {
            "$type": "Failure",
            "kind": cause.type or UNDECLARED,
            "message": cause.message,
        }
        return ChildEnded(at, id_, _failed(id_, failure, spent, detail))
    if isinstance(cause, CancelledError):
        return ChildEnded(at, id_, ChildReport(id_, "cancelled", ledger=[]))
    message = str(cause) if cause is not None else str(error)
    failure = {"$type": "Failure", "kind": RUN_LOST, "message": message}
    return ChildEnded(at, id_, ChildReport(id_, "lost", None, failure))


def _failed(id_: str, failure: JSON, spent: Spent | None, detail: dict[str, JSON]) -> ChildReport:
    ledger, rehearsal = detail.get("ledger"), bool(detail.get("rehearsal"))
    heard = HeardOfModels(**detail["heard"]) if detail.get("heard") else None
    costs = [Cost(**cost) for cost in detail.get("costs") or ()]
    return ChildReport(id_, "failed", None, failure, spent, ledger, rehearsal, heard, costs)
