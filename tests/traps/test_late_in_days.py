"""Late answers and events on a server whose clock jumps: nobody works at the deadline, which is days away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from interpreter.boundary.names import SEND_UPDATE
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.send import Send
from interpreter.server.command import DYNAMIC_CONFIG, find_binary
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

pytestmark = pytest.mark.slow

ONE_STAGE = """
edition 1
flow main() -> text {
  await approval go "Go on?" { from "leads" timeout 3d then reject }
  return go.outcome
}
"""
TWO_STAGES = ONE_STAGE.replace("timeout 3d then reject", 'timeout 2d then ask from "leads" timeout 1d then reject')
PARKED = """
edition 1
flow main() -> text {
  loop rounds budget 1 iterations { until budget.left.iterations == 7 } on exhausted ask "leads" timeout 3d then fail {
    return "timed_out"
  }
  return "approved"
}
"""

EVENTS = """
edition 1
flow main() -> text budget 9d {
  await event word as one: text timeout 3d else { sleep 1ms }
  await event word as two: text timeout 1d else { return "none" }
  return two
}
"""


@asynccontextmanager
async def jumping() -> AsyncIterator[WorkflowEnvironment]:
    settings = [*DYNAMIC_CONFIG, "frontend.WorkflowTimeSkippingEnabled=true"]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=find_binary(),
        dev_server_extra_args=[part for setting in settings for part in ("--dynamic-config-value", setting)],
    ) as environment:
        yield environment


async def test_an_event_that_comes_while_no_worker_was_there_at_the_deadline_is_for_the_next_wait() -> None:
    async with jumping() as environment:
        store, queue = MemoryStore(), f"days-{uuid4().hex}"
        runs = Runs(environment.client, queue, store)

        def worker() -> Worker:
            return Worker(environment.client, task_queue=queue, plugins=[FlowPlugin(store=store)])

        with environment.with_time_skipping_disabled():
            async with worker():
                run = await runs.start(EVENTS)
                await run.noted("started one")
        await environment.fast_forward(run.handle, timedelta(days=3))
        sending = asyncio.create_task(
            run.handle.execute_update(SEND_UPDATE, Send("1", "word", "late", "ann"), result_type=AnswerReply)
        )
        await asyncio.sleep(0.5)
        async with worker():
            assert (await sending).accepted
            assert await run.value() == "late"
            assert [f"{note.kind} {note.name}" for note in (await run.view()).notes if note.node == "event"] == [
                "started one",
                "timed_out one",
                "started two",
                "completed two",
            ]


@pytest.mark.parametrize(
    ("flow", "days", "late"),
    [(ONE_STAGE, 1, False), (ONE_STAGE, 3, True), (TWO_STAGES, 2, True), (PARKED, 1, False), (PARKED, 3, True)],
    ids=["in time", "late", "late in the first of two stages", "more in time", "more too late"],
)
async def test_an_answer_is_judged_by_the_clock_that_jumped_while_no_worker_was_there(
    flow: str, days: int, late: bool
) -> None:
    """The clock stands as soon as a worker would have something to do: at the deadline, and goes on as clocks do."""
    async with jumping() as environment:
        store, queue = MemoryStore(), f"days-{uuid4().hex}"
        runs = Runs(environment.client, queue, store)
        more = {"answer": {"iterations": 9}} if flow == PARKED else {}

        def worker() -> Worker:
            return Worker(environment.client, task_queue=queue, plugins=[FlowPlugin(store=store)])

        with environment.with_time_skipping_disabled():
            async with worker():
                run = await runs.start(flow)
                question = await run.question()
        await environment.fast_forward(run.handle, timedelta(days=days))
        answering = asyncio.create_task(run.answer(question.id, by="ann", **more))
        await asyncio.sleep(0.5)
        async with worker():
            if late:
                with pytest.raises(WorkflowUpdateFailedError) as refused:
                    await answering
                assert "too late" in str(refused.value.cause)
                if flow == TWO_STAGES:
                    await environment.fast_forward(run.handle)
                assert await run.value() == "timed_out"
            else:
                assert (await answering).outcome == "approved"
                assert await run.value() == "approved"
