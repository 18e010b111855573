"""How a child run ended, for a parent that continued as new and so has no native handle any more.

A child that is terminated meanwhile never reports by itself; this is how its parent finds out.
"""

from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.failures import RUN_LOST, UNDECLARED
from interpreter.boundary.names import DESCRIBE_RUN_ACTIVITY
from interpreter.boundary.payloads import JSON, ChildReport, DescribeRunRequest, RunResult, Spent


@activity.defn(name=DESCRIBE_RUN_ACTIVITY)
async def describe_run(request: DescribeRunRequest) -> ChildReport | None:
    """None while it runs."""
    client = activity.client()
    try:
        description = await client.get_workflow_handle(request.workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return _lost(request.command, "Terminated", f"the run {request.workflow_id} is gone")
    if description.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        return None
    return await _ended(client, request)


async def _ended(client: Client, request: DescribeRunRequest) -> ChildReport:
    handle = client.get_workflow_handle(request.workflow_id, result_type=RunResult)
    try:
        result = await handle.result()
    except WorkflowFailureError as error:
        return _failed(request.command, error.cause)
    return ChildReport(request.command, "completed", result, None, result.spent, result.ledger)


def _failed(command: str, cause: BaseException) -> ChildReport:
    if isinstance(cause, CancelledError):
        return ChildReport(command, "cancelled", ledger=[])
    if not isinstance(cause, ApplicationError):
        return _lost(command, type(cause).__name__.removesuffix("Error"), str(cause))
    detail = _first(cause.details)
    failure = detail.get("failure") or _failure(cause.type or UNDECLARED, cause.message)
    return ChildReport(command, "failed", failure=failure, spent=_spent(detail), ledger=detail.get("ledger"))


def _lost(command: str, kind: str, message: str) -> ChildReport:
    """Nobody can say what it did, or what it spent."""
    return ChildReport(command, "lost", failure=_failure(RUN_LOST, f"{kind}: {message}"))


def _failure(kind: str, message: str) -> dict[str, JSON]:
    return {"$type": "Failure", "kind": kind, "message": message}


def _first(details: Any) -> dict[str, Any]:
    return details[0] if details and isinstance(details[0], dict) else {}


def _spent(detail: dict[str, Any]) -> Spent | None:
    return Spent(**detail["spent"]) if detail.get("spent") else None
