"""How Temporal says that something ended: its exceptions, made by hand."""

from typing import Any

from temporalio.exceptions import (
    ActivityError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    RetryState,
    ServerError,
    TerminatedError,
    TimeoutError,
    TimeoutType,
)

from interpreter.core.commands import CallTool


def activity_error(
    cause: BaseException | None, *, started: bool = True, retry_state: RetryState | None = None
) -> ActivityError:
    """An activity that has ended with `cause`. `started`: whether the server says that a worker had begun it."""
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=5,
        started_event_id=6 if started else 0,
        identity="a worker",
        activity_type="card.charge",
        activity_id="main/charge",
        retry_state=retry_state,
    )
    error.__cause__ = cause
    return error


def child_error(cause: BaseException | None) -> ChildWorkflowError:
    error = ChildWorkflowError(
        "Child Workflow execution failed",
        namespace="default",
        workflow_id="run/1/main/child",
        run_id="1",
        workflow_type="steadflow",
        initiated_event_id=5,
        started_event_id=6,
        retry_state=None,
    )
    error.__cause__ = cause
    return error


def timeout(kind: TimeoutType | None) -> TimeoutError:
    return TimeoutError("activity timed out", type=kind, last_heartbeat_details=[])


def others() -> list[FailureError | None]:
    """What is no failure of the implementation, no cancel and no timeout."""
    return [TerminatedError("terminated by hand"), ServerError("the shard moved"), FailureError("?"), None]


def cancelled() -> CancelledError:
    return CancelledError("Cancelled")


def a_call(id_: str = "main/charge", **other: Any) -> CallTool:
    given: dict[str, Any] = {
        "tool": "card.charge",
        "arguments": {"x": 1},
        "key": f"run/1/{id_}",
        "attempt": 1,
        "timeout": 60_000,
        "heartbeat": 5_000,
        "queue": None,
        "signature": "signature",
        "declared": "",
        "summary": "charge",
    }
    return CallTool(id_, **given | other)
