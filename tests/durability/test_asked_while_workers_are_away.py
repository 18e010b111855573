"""A run is asked how it stands while its workers are away, and a call of it ends before one comes back: the query gets
to the new worker before the workflow task does, and must not give the run the end of the call at another time.
"""

import asyncio
import os
import signal
import threading
import time

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Worker

from interpreter.client.run import Run
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.durability.world import World, gone
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool t.held() -> text read { queue "asked-tools" timeout 1m }
flow main() -> text {
  step said = t.held()
  return said
}
"""
STICKY = 1.0
"""Seconds that the server keeps a query, and then a task, for the worker that was killed."""


async def test_the_end_of_a_call_has_the_time_of_the_task_that_told_it(world: World) -> None:
    begun, gate = threading.Event(), threading.Event()

    @tool("t.held")
    def held() -> str:
        begun.set()
        gate.wait(30)
        return "done"

    runs = world.on("asked-while-away")
    plugin = FlowPlugin([held], store=runs.store)
    async with Worker(runs.client, task_queue="asked-tools", plugins=[plugin]):
        first = await world.workers.start(runs.task_queue)
        live = await runs.start(FLOW)
        await asyncio.to_thread(begun.wait, 20)
        os.kill(first, signal.SIGKILL)
        await gone(first)

        asking = asyncio.create_task(Run(live.id, runs.client, runs.store).state())
        await asyncio.sleep(0.8 * STICKY)
        opened = time.time()
        gate.set()

        async def ended() -> bool | None:
            return bool(await live.events(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)) or None

        await eventually(ended)
        await world.workers.start(runs.task_queue)
        answer = await asking
        assert await live.value() == "done"
    completed = [note for note in answer.notes if note.kind == "completed"]
    assert completed, "the query did not come first"
    assert all(note.at > opened for note in completed)
