"""A run whose worker was lost in the middle of a workflow task is not stuck; one that fails its task is, at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RespondWorkflowTaskCompletedRequest,
    RespondWorkflowTaskFailedRequest,
)

from interpreter.boundary.names import SEND_SIGNAL, WORKFLOW
from interpreter.boundary.send import Send
from interpreter.client.listing import why_stuck
from interpreter.client.run import Run
from interpreter.client.submission import prepare
from tests.live.runs import Runs, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLOW = "edition 1\nflow main() { sleep 1h }\n"


class Deserted:
    """A run on a task queue where only the test takes tasks."""

    def __init__(self, runs: Runs) -> None:
        self.client = runs.client
        self.queue = f"deserted-{uuid4()}"
        self.run = Run(uuid4().hex, runs.client, runs.store)
        self._input = prepare(runs.store, FLOW, None, {}).input

    async def begins(self) -> None:
        options = {"id": self.run.id, "task_queue": self.queue, "task_timeout": timedelta(seconds=1)}
        await self.client.start_workflow(WORKFLOW, self._input, **options)

    async def takes_a_task(self) -> PollWorkflowTaskQueueResponse:
        asked = PollWorkflowTaskQueueRequest(namespace=self.client.namespace, task_queue=TaskQueue(name=self.queue))
        return await self.client.workflow_service.poll_workflow_task_queue(asked, timeout=timedelta(seconds=60))

    async def fails(self, task: PollWorkflowTaskQueueResponse) -> None:
        failed = RespondWorkflowTaskFailedRequest(
            namespace=self.client.namespace, task_token=task.task_token, failure=Failure(message="a bug")
        )
        await self.client.workflow_service.respond_workflow_task_failed(failed)

    async def completes(self, task: PollWorkflowTaskQueueResponse) -> None:
        completed = RespondWorkflowTaskCompletedRequest(namespace=self.client.namespace, task_token=task.task_token)
        await self.client.workflow_service.respond_workflow_task_completed(completed)

    async def is_tried(self, attempt: int) -> None:
        async def tried() -> bool | None:
            return (await self.run.describe()).raw_description.pending_workflow_task.attempt == attempt or None

        await eventually(tried)

    async def ends(self) -> None:
        await self.client.get_workflow_handle(self.run.id).terminate()


@pytest.mark.slow
async def test_a_task_that_a_worker_took_and_never_finished_says_nothing_the_first_time(runs: Runs) -> None:
    one = Deserted(runs)
    await one.begins()
    await one.takes_a_task()
    assert await why_stuck(one.client, one.run) is None
    await one.is_tried(2)
    assert await why_stuck(one.client, one.run) is None
    await one.takes_a_task()
    await one.is_tried(3)
    assert "no worker finished it in time" in str(await why_stuck(one.client, one.run))
    await one.ends()


async def test_a_task_that_a_worker_failed_says_why_at_once(runs: Runs) -> None:
    one = Deserted(runs)
    await one.begins()
    await one.fails(await one.takes_a_task())
    await one.is_tried(2)
    assert str(await why_stuck(one.client, one.run)).startswith("its workflow task has failed once: a bug")
    await one.ends()


@pytest.mark.slow
async def test_what_an_earlier_task_failed_of_is_not_said_of_a_later_one(runs: Runs) -> None:
    one = Deserted(runs)
    await one.begins()
    await one.fails(await one.takes_a_task())
    await one.is_tried(2)
    await one.completes(await one.takes_a_task())
    await one.client.get_workflow_handle(one.run.id).signal(SEND_SIGNAL, Send("1", "paid", 5, "ann"))
    for attempt in (2, 3):
        await one.takes_a_task()
        await one.is_tried(attempt)
    assert "no worker finished it in time" in str(await why_stuck(one.client, one.run))
    await one.ends()
