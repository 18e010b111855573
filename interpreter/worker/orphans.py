"""Runs whose parent did not end by itself: each worker looks for those on its own queue, and cancels them.

A child outlives a parent that continues as new, so the server does not end it with its parent. A parent that was
terminated can tell nobody; its children would go on with their writes, for a result that nobody takes. Cancelled, they
undo what they did and end as their flow says. So do their own children, because a cancel reaches those.
"""

import asyncio
import logging
import random
from dataclasses import dataclass, field

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.names import WORKFLOW

logger = logging.getLogger(__name__)

EVERY_SECONDS = 25.0
"""Between two looks, at most; a run that has lost its parent is found within a minute."""
_ALIVE = (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW)


@dataclass
class Orphans:
    """Those on one task queue; `told` are the runs that were cancelled already."""

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
        parents = {(child.parent_id, child.parent_run_id) for child in children}
        alive = {parent: await self._is_alive(*parent) for parent in sorted(parents, key=str)}
        found = [child.id for child in children if not alive[child.parent_id, child.parent_run_id]]
        for id_ in found:
            await self._cancel(id_)
        return found

    async def _children(self) -> list[WorkflowExecution]:
        query = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus = 'Running' AND TaskQueue = '{self.task_queue}'"
        running = [execution async for execution in self.client.list_workflows(query)]
        return [one for one in running if one.parent_id is not None and one.run_id not in self.told]

    async def _is_alive(self, id_: str | None, run_id: str | None) -> bool:
        """Whether a parent runs, or has continued as new and runs."""
        assert id_ is not None
        for run in (run_id, None):
            try:
                description = await self.client.get_workflow_handle(id_, run_id=run).describe()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return False
            if description.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW:
                return description.status in _ALIVE
        return False

    async def _cancel(self, id_: str) -> None:
        handle = self.client.get_workflow_handle(id_)
        try:
            description = await handle.describe()
            self.told.add(description.run_id)
            await handle.cancel(reason="its parent is gone")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return  # it has just ended
        logger.warning("the run %s has lost its parent, and is cancelled", id_)
