"""Runs whose parent did not end by itself: each worker looks for those on its own queue, and cancels them.

A child outlives a parent that continues as new, so the server does not end it with its parent. A parent that was
terminated can tell nobody; its children would go on with their writes, for a result that nobody takes. Cancelled, they
undo what they did and end as their flow says. So do their own children, because a cancel reaches those.

Only what a run of ours has started is looked at: its id says so (`names.child_id`), and with which chain of executions
its parent began. A flow that somebody's own workflow has started is that workflow's business. A parent is there as long
as that chain has an execution that runs, however often it has continued as new, or was reset. A call that is carried
(`workflow/carrier.py`) is looked at like a run: its tool is told to stop.
"""

import asyncio
import logging
import random
from dataclasses import dataclass, field

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary import names

logger = logging.getLogger(__name__)

EVERY_SECONDS = 25.0
"""Between two looks, at most; a run that has lost its parent is found within a minute."""


@dataclass
class Orphans:
    """Those on one task queue; `told` are the executions that were cancelled already, among those that still run."""

    client: Client
    task_queue: str
    told: set[str] = field(default_factory=set)

    async def watch(self) -> None:
        """Look again and again, at moments of its own, so that many workers do not all look at once."""
        while True:
            await asyncio.sleep(random.uniform(EVERY_SECONDS / 2, EVERY_SECONDS))
            try:
                await self.look()
            except RPCError as error:
                logger.warning("cannot look for runs that have lost their parent: %s", error)

    async def look(self) -> list[str]:
        """Cancel each run whose parent is gone; their ids."""
        children = await self._children()
        self.told &= {child.run_id for child in children}
        parents = {names.parent_of(child.id, child.parent_id or "") for child in children}
        gone = {parent for parent in sorted(filter(None, parents)) if not await self._is_there(*parent)}
        found = [
            child
            for child in children
            if child.run_id not in self.told and names.parent_of(child.id, child.parent_id or "") in gone
        ]
        for child in found:
            await self._cancel(child)
        return [child.id for child in found]

    async def _children(self) -> list[WorkflowExecution]:
        queue = self.task_queue.replace("\\", "\\\\").replace("'", "\\'")
        ours = f"WorkflowType IN ('{names.WORKFLOW}', '{names.CARRIER}')"
        query = f"{ours} AND ExecutionStatus = 'Running' AND TaskQueue = '{queue}'"
        return [one async for one in self.client.list_workflows(query) if one.parent_id is not None]

    async def _is_there(self, id_: str, mark: str) -> bool:
        """Whether a run of this id runs whose first execution has this end."""
        try:
            description = await self.client.get_workflow_handle(id_).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        began = description.raw_description.workflow_execution_info.first_run_id
        is_open = description.status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW)
        return is_open and began.endswith(mark)

    async def _cancel(self, child: WorkflowExecution) -> None:
        self.told.add(child.run_id)
        try:
            await self.client.get_workflow_handle(child.id).cancel(reason="its parent is gone")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return  # it has just ended
        logger.warning("the run %s has lost its parent, and is cancelled", child.id)
