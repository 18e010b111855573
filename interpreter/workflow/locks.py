"""The run's side of locks: it gets into a queue by an activity, and gives back by a signal.

Neither is lost: while one is on its way the run neither continues as new nor ends. What was asked for and not granted
stands as pending in the state; the next execution asks again, with the same ticket, which changes nothing in the queue.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from interpreter.boundary.lock import LockRequest, lock_id
from interpreter.boundary.names import ASK_LOCK_ACTIVITY, LEAVE_LOCK_SIGNAL
from interpreter.core.commands import Acquire, Release
from interpreter.workflow.tasks import Tasks

TIMEOUT = timedelta(seconds=10)


class Locks:
    def __init__(self, arrived: Callable[[Callable[[], Any]], None]) -> None:
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._tasks = Tasks(arrived)

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way to a lock."""
        return not self._tasks

    def ask(self, command: Acquire) -> None:
        """One that is asked for again is not asked for beside the first time, which may be on its way still."""
        before = self._asking.get(command.id)
        if before is None or before.done():
            self._asking[command.id] = self._tasks.go(self._ask(command))

    def give_back(self, command: Release) -> None:
        self._tasks.go(self._give_back(command))

    async def _ask(self, command: Acquire) -> None:
        await workflow.execute_activity(
            ASK_LOCK_ACTIVITY,
            _request(command.id, command.lock, command.up_to),
            start_to_close_timeout=TIMEOUT,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
            summary=f"lock {command.lock}",
        )

    async def _give_back(self, command: Release) -> None:
        """Behind the request, if that is still on its way. A lock that does not run any more has forgotten it."""
        asking = self._asking.pop(command.id, None)
        if asking is not None:
            await asking
        try:
            handle = workflow.get_external_workflow_handle(lock_id(command.lock))
            await handle.signal(LEAVE_LOCK_SIGNAL, _request(command.id, command.lock))
        except ApplicationError:
            workflow.logger.debug("the lock %s is not there any more", command.lock)


def _request(command: str, lock: str, up_to: int = 1) -> LockRequest:
    info = workflow.info()
    return LockRequest(lock, info.workflow_id, info.first_execution_run_id, command, up_to)
