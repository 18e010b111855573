"""kill -9 of the worker in the middle of a repair: it goes on with the next worker, under the same key."""

import asyncio
from dataclasses import replace

import pytest

from interpreter.client.client import Client
from tests.durability.books import ask
from tests.durability.world import World
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool books.post(amount: int) -> int write keyed { compensate books.stubborn(text: "{{ result }}") }
tool books.stubborn(text: text) -> text idempotent { heartbeat 1s retry 1 times backoff 100ms to 100ms }
flow main() {
  step first = books.post(amount: 7)
  fail "changed my mind"
}
"""


async def test_a_repair_survives_its_worker(world: World) -> None:
    runs = world.on("repair")
    await world.workers.start(runs.task_queue)
    live = await runs.start(FLOW)
    assert (await live.failure()).kind == "UndoFailed"
    run = Client(runs.client, runs.store).run(live.id)
    repairing, again = await asyncio.gather(run.repair(), run.repair())
    assert repairing.id == again.id

    async def died() -> bool | None:
        return len(ask("executions", run=live.id)) >= 4 or None  # the step, two that failed, and the one that dies

    await eventually(died)
    await world.workers.start(runs.task_queue)
    assert await repairing.result() is None
    assert (await run.repairs()).left == ()
    kept = ask("effects", run=replace(live).id)
    assert kept.count("main/first") == 1
    undone = f"{live.id}/{await run.first_run_id()}/main/first/undo"
    assert ask("find", key=undone) == "7"
