"""What a run was given goes out with a workflow task that ends without a word about it: it is given again."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest, RespondWorkflowTaskCompletedRequest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.client.client import Client as FlowClient
from interpreter.client.run import Run
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

FLOW = """edition 1
flow main() -> text {
  await approval go "Go on?" { from "leads" timeout 1h then reject }
  return go.outcome
}
"""


async def takes_no_notice(client: Client, task_queue: str) -> int:
    """A worker that ends one workflow task with nothing; how many messages came with it."""
    queue = TaskQueue(name=task_queue)
    task = await client.workflow_service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(namespace=client.namespace, task_queue=queue, identity="deaf"),
        timeout=timedelta(seconds=60),
    )
    await client.workflow_service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(namespace=client.namespace, task_token=task.task_token, identity="deaf")
    )
    return len(task.messages)


async def test_an_answer_that_a_worker_took_no_notice_of_is_given_again(runs: Runs) -> None:
    here = Runs(runs.client, f"unprocessed-{uuid4()}", runs.store)
    worker = Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)])
    async with worker:
        live = await here.start(FLOW)
        question = await live.question()
    run = Run(live.id, here.client, here.store)
    answering = asyncio.create_task(run.answer(question, "approve", by="ann", group="leads"))
    assert await takes_no_notice(here.client, here.task_queue) == 1
    async with Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)]):
        assert (await answering).accepted
        assert await live.value() == "approved"


EVENT = """edition 1
flow main() -> text {
  await event go: text timeout 1h else { return "nobody" }
  return go
}
"""


@pytest.mark.parametrize("door", ["send", "start_or_send"])
async def test_an_event_that_a_worker_took_no_notice_of_is_sent_again(runs: Runs, door: str) -> None:
    here = Runs(runs.client, f"unprocessed-{uuid4()}", runs.store)
    async with Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)]):
        live = await here.start(EVENT)
        await live.noted("started go")
    more = {"id": live.id, "event": "go", "value": "on", "by": "ann", "task_queue": here.task_queue}
    sent: Any = (
        Run(live.id, here.client, here.store).send("go", "on", by="ann")
        if door == "send"
        else FlowClient(here.client, here.store).start_or_send(EVENT, **more)
    )
    sending = asyncio.ensure_future(sent)
    assert await takes_no_notice(here.client, here.task_queue) == 1
    async with Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)]):
        await sending
        assert await live.value() == "on"


SENDER = """edition 1
tool tell.go(run: text) write keyed final { emit go to run with "on" }
flow sender(run: text) -> text budget 1h {
  step told = tell.go(run)
  return "sent"
}
"""


async def test_an_event_of_a_tool_that_a_worker_took_no_notice_of_is_sent_again(runs: Runs) -> None:
    sending = Runs(runs.client, f"sending-{uuid4()}", runs.store)
    here = Runs(runs.client, f"unprocessed-{uuid4()}", runs.store)
    async with Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)]):
        live = await here.start(EVENT)
        await live.noted("started go")
    plugin = FlowPlugin(flows=[SENDER], store=here.store)
    async with Worker(here.client, task_queue=sending.task_queue, plugins=[plugin]):
        sender = await sending.start(SENDER, {"run": live.id})
        assert await takes_no_notice(here.client, here.task_queue) == 1
        async with Worker(here.client, task_queue=here.task_queue, plugins=[FlowPlugin(store=here.store)]):
            assert await sender.value() == "sent"
            assert await live.value() == "on"
