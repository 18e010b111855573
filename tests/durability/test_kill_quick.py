"""kill -9 of the worker while it carries out a `read quick` within a workflow task: only reads are made again."""

import asyncio
import os
import signal
from collections import Counter

import pytest

from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool books.post(amount: int) -> int write keyed { heartbeat 1s compensate none "a test" }
tool books.look(milliseconds: int) -> text read quick
flow main() -> text {
  step first = books.post(amount: 1)
  step quick = books.look(milliseconds: 0)
  step slow = books.look(milliseconds: 500)
  step last = books.post(amount: 2)
  return slow
}
"""


async def test_only_reads_are_made_again(world: World) -> None:
    runs = world.on("quick")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW)

    async def begun() -> bool | None:
        steps = [step for step, _, _ in await asyncio.to_thread(ask, "executions", run=run.id)]
        return "main/slow" in steps or None

    await eventually(begun)
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    assert await run.value() == "seen"
    executions = Counter(step for step, _, _ in ask("executions", run=run.id))
    assert executions["main/slow"] == 2
    assert executions["main/quick"] in (1, 2), "its workflow task was lost with the other's"
    assert (executions["main/first"], executions["main/last"]) == (1, 1)
    assert sorted(ask("effects", run=run.id)) == ["main/first", "main/last"]
