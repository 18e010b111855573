"""How a child run ended, for a parent that continued as new and so has no native handle any more, or whose child did
not end by itself: one that is terminated never reports.

What such a child leaves behind is asked of its history: a closed run answers queries too, as long as a worker can
replay it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowQueryFailedError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.costs import Cost
from interpreter.boundary.failures import RUN_LOST, UNDECLARED
from interpreter.boundary.names import DESCRIBE_RUN_ACTIVITY, REPORT_QUERY
from interpreter.boundary.payloads import JSON, ChildReport, DescribeRunRequest, HeardOfModels, RunResult, Spent
from interpreter.converter.queries import asked
from interpreter.stores.ledgers import as_it_travels
from interpreter.stores.store import ObjectStore

QUERY_TIMEOUT = timedelta(seconds=10)


def describe_run_activity(store: ObjectStore) -> Callable[[DescribeRunRequest], Awaitable[ChildReport | None]]:
    @activity.defn(name=DESCRIBE_RUN_ACTIVITY)
    async def describe_run(request: DescribeRunRequest) -> ChildReport | None:
        """None while it runs."""
        report = await _described(activity.client(), request)
        if report is not None and report.ledger:
            report.ledger = await asyncio.to_thread(as_it_travels, store, report.ledger)
        return report

    return describe_run


async def _described(client: Client, request: DescribeRunRequest) -> ChildReport | None:
    try:
        description = await client.get_workflow_handle(request.workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return _lost(ChildReport(request.command, "lost"), f"the run {request.workflow_id} is gone")
    if description.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        return None
    return await _ended(client, request)


async def _ended(client: Client, request: DescribeRunRequest) -> ChildReport:
    handle = client.get_workflow_handle(request.workflow_id, result_type=RunResult)
    try:
        result = await handle.result()
    except WorkflowFailureError as error:
        if isinstance(error.cause, ApplicationError | CancelledError):
            return _failed(request.command, error.cause)
        how = type(error.cause).__name__.removesuffix("Error").lower()
        reason = f"the run {request.workflow_id} was {how}: {error.cause}"
        return _lost(await _as_it_stood(client, request), reason)
    return ChildReport(request.command, "completed", result, None, result.spent, result.ledger, costs=result.costs)


def _failed(command: str, cause: ApplicationError | CancelledError) -> ChildReport:
    if isinstance(cause, CancelledError):
        return ChildReport(command, "cancelled", ledger=[])
    detail = _first(cause.details)
    failure = detail.get("failure") or _failure(cause.type or UNDECLARED, cause.message)
    rehearsal = bool(detail.get("rehearsal"))
    return ChildReport(
        command,
        "failed",
        failure=failure,
        spent=_spent(detail),
        ledger=detail.get("ledger"),
        rehearsal=rehearsal,
        heard=HeardOfModels(**detail["heard"]) if detail.get("heard") else None,
        costs=[Cost(**cost) for cost in detail.get("costs") or ()],
    )


async def _as_it_stood(client: Client, request: DescribeRunRequest) -> ChildReport:
    """What the run says of itself; nobody can say what it did, or spent, when it can not be asked."""
    handle = client.get_workflow_handle(request.workflow_id)
    try:
        found = await asked(client, handle, REPORT_QUERY, [], ChildReport, QUERY_TIMEOUT)
    except (RPCError, WorkflowQueryFailedError) as error:
        activity.logger.warning("the run %s cannot be asked what it did: %s", request.workflow_id, error)
        return ChildReport(request.command, "lost")
    return replace(found, command=request.command)


def _lost(report: ChildReport, reason: str) -> ChildReport:
    return replace(report, failure=_failure(RUN_LOST, reason))


def _failure(kind: str, message: str) -> dict[str, JSON]:
    return {"$type": "Failure", "kind": kind, "message": message}


def _first(details: Any) -> dict[str, Any]:
    return details[0] if details and isinstance(details[0], dict) else {}


def _spent(detail: dict[str, Any]) -> Spent | None:
    return Spent(**detail["spent"]) if detail.get("spent") else None
