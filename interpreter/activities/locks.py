"""What a run and a lock ask of the server about each other."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.lock import LockInput, LockRequest, lock_id
from interpreter.boundary.names import (
    ASK_LOCK_ACTIVITY,
    ASK_LOCK_SIGNAL,
    LOCK_WORKFLOW,
    LOCKS,
    OVER_SINCE_ACTIVITY,
    carriers_of,
)

GONE = 1e9
"""Seconds, of a run that the server does not know any more."""
LIVES = frozenset({WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW})


class WorksOnLocks(Protocol):
    async def work(self) -> None:
        """On the queue of locks, from now on."""
        ...


def ask_lock_activity(locks: WorksOnLocks) -> Callable[[LockRequest], Awaitable[None]]:
    @activity.defn(name=ASK_LOCK_ACTIVITY)
    async def ask_lock(request: LockRequest) -> None:
        """Done twice, it changes nothing more. Whoever has asked is there to work for the lock, as long as this worker
        is; the lock outlasts it.
        """
        await locks.work()
        await activity.client().start_workflow(
            LOCK_WORKFLOW,
            LockInput(request.lock),
            id=lock_id(request.lock),
            task_queue=LOCKS,
            start_signal=ASK_LOCK_SIGNAL,
            start_signal_args=[request],
            static_summary=f"lock {request.lock}",
        )

    return ask_lock


@activity.defn(name=OVER_SINCE_ACTIVITY)
async def over_since(request: LockRequest) -> float | None:
    """None while it runs, in whatever execution. Another run under its id is not it. One that has left a call with a
    carrier is over since now: the tool is at work until the carrier has told it to stop.
    """
    over = await _over_since(request)
    left = activity.client().list_workflows(carriers_of(request.workflow_id, request.first_run), limit=1)
    return 0.0 if over is not None and [each async for each in left] else over


async def _over_since(request: LockRequest) -> float | None:
    try:
        description = await activity.client().get_workflow_handle(request.workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return GONE
    if description.raw_description.workflow_execution_info.first_run_id != request.first_run:
        return GONE
    if description.status in LIVES or description.close_time is None:
        return None
    return (datetime.now(UTC) - description.close_time).total_seconds()
