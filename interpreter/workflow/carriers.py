"""Calls that are carried (`core/carrying.py`): each by a small workflow of its own (`carrier.py`), so that the run can
continue as new while the tool works. How that workflow outlives the run's execution is said in `outliving.py`.

For the rest of the driver it is a call like any other: it ends with what the tool answered, byte for byte, or with the
error of its activity, in which all stands that is known of it: whether it began, whether it was its time or its worker,
what the tool said. A carrier that did not end by itself has said nothing, so nobody knows.

To a run that has continued a carrier only says that it ends; what it ended with is then read by an activity, the same
that looks after those that say nothing. So there is one way in which a result is found, and it is that of the server.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, FailureError

from dsl.definition.definition import Definition
from interpreter.boundary.carried import Carried, LookRequest
from interpreter.boundary.names import CARRIED_ACTIVITY, CARRIED_FAILED, CARRIER, CARRIER_LOST, STILL_CARRIED
from interpreter.boundary.payloads import JSON, References
from interpreter.boundary.sparse import sparse
from interpreter.core import carrying
from interpreter.core.commands import AttemptModel, CallTool
from interpreter.workflow.outliving import CHECK_TIMEOUT, Outliving
from interpreter.workflow.patches import CARRIES


class NeverSent(Exception):
    """A call that was cancelled before it was sent, or in the very workflow task that would have sent it."""


class Carriers(Outliving):
    """`carries`: whether it does, for what begins in this execution."""

    def __init__(self, told: Mapping[str, str], arrived: Callable[[Callable[[], Any]], None], *, carries: bool) -> None:
        super().__init__(told, arrived)
        self._carries = carries
        self._ends: dict[str, asyncio.Future[RawValue]] = {}

    @property
    def under_way(self) -> int:
        """How many calls are awaited that outlive this execution."""
        return len(self._ends)

    def has(self, id_: str) -> bool:
        return id_ in self._ends

    def runs(self, id_: str) -> bool:
        """Whether it has been under way since before a continue, and nobody waits for it yet."""
        return id_ in self.told and id_ not in self._ends

    def takes(self, command: CallTool | AttemptModel) -> bool:
        return self._carries and command.carried

    def carry(
        self, command: CallTool | AttemptModel, given: JSON, references: References
    ) -> "asyncio.Future[RawValue]":
        self._starting.add(command.id)
        self._tasks.go(self._run(command, given, references))
        return self._awaited(command.id)

    def look_after(self, id_: str) -> "asyncio.Future[RawValue]":
        """Go on waiting, after a continue, for one that runs."""
        self._tasks.go(self._look_after(id_))
        return self._awaited(id_)

    def abandon(self, id_: str) -> None:
        """Cancel one whose end nobody waits for."""
        self._ends.pop(id_).cancel()
        self.cancel(id_)

    def reported(self, id_: str, carrier: str) -> None:
        """That it ends; or that one does which another run under this id has started."""
        if carrier == self.told.get(id_):
            self._signalling += 1
            self._tasks.go(self._ended(id_, carrier))

    def _awaited(self, id_: str) -> "asyncio.Future[RawValue]":
        self._ends[id_] = asyncio.get_running_loop().create_future()
        return self._ends[id_]

    async def _run(self, command: CallTool | AttemptModel, given: JSON, references: References) -> None:
        workflow_id = self._id_of(command.id)
        first_run = workflow.info().first_execution_run_id if type(command) is AttemptModel else ""
        try:
            handle = await workflow.start_child_workflow(
                CARRIER,
                args=[sparse(Carried(_sparse(command), references, first_run)), given],
                id=workflow_id,
                result_type=RawValue,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.ABANDON,
                task_timeout=workflow.info().task_timeout,
                static_summary=command.summary,
            )
            self._begun(command.id, workflow_id)
            result = await handle
        except FailureError as error:
            self._finish(command.id, None, _of_activity(error))
        else:
            self._finish(command.id, result, None)

    async def _ended(self, id_: str, workflow_id: str) -> None:
        try:
            await self._look(id_, workflow_id, ending=True)
        finally:
            self._signalling -= 1

    async def _look(self, id_: str, workflow_id: str, *, ending: bool = False) -> None:
        try:
            result: RawValue = await workflow.execute_activity(
                CARRIED_ACTIVITY,
                LookRequest(workflow_id, ending),
                result_type=RawValue,
                start_to_close_timeout=CHECK_TIMEOUT,
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1)),
            )
        except ActivityError as error:
            if not (isinstance(error.cause, ApplicationError) and error.cause.type == STILL_CARRIED):
                self._finish(id_, None, _of_activity(error))
        else:
            self._finish(id_, result, None)

    def _finish(self, id_: str, result: RawValue | None, error: Exception | None) -> None:
        """Once: who hears of it a second time finds nobody waiting."""
        self._forget(id_)
        end = self._ends.pop(id_, None)
        if end is None:
            return
        if error is not None:
            end.set_exception(error)
        else:
            assert result is not None
            end.set_result(result)


def carries(definition: Definition) -> bool:
    """Whether calls of its runs are carried. Asked as the execution begins, where nothing else goes on:
    a mark that is made in a task with local work and an update was seen to make histories that cannot be replayed.
    """
    return carrying.may_carry(definition) and workflow.patched(CARRIES)


def _sparse(command: CallTool | AttemptModel) -> dict[str, JSON]:
    """Without what the activity is given, and what is the run's business."""
    call: dict[str, JSON] = sparse(command)
    return {name: value for name, value in call.items() if name not in ("arguments", "request", "claim")}


def _of_activity(error: FailureError) -> Exception:
    """How the call ended, of what its carrier ended with, or the activity that has looked."""
    said = error.cause if isinstance(error, ChildWorkflowError | ActivityError) else error
    if isinstance(said, ApplicationError) and said.type == CARRIED_FAILED:
        return said.cause if isinstance(said.cause, ActivityError) else NeverSent()
    if isinstance(said, ApplicationError) and said.type == CARRIER_LOST:
        return FailureError(said.message)
    return FailureError(f"its carrier did not end by itself: {said or error}")
