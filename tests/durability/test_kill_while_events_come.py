"""kill -9 of the worker while ten senders send, each in its order, and while nobody waits yet: none lost, none twice.

worker-killed-while-events-come
"""

import asyncio
import os
import signal
from functools import partial
from typing import Any

import pytest

from interpreter.client.errors import AnswerKept, ClientError, RunOver
from interpreter.client.run import Run
from interpreter.stores.memory import MemoryStore
from tests.durability.world import World, gone
from tests.live.runs import LiveRun, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

SENDERS, EACH = 10, 10
FLOW = """
edition 1
tool books.keyed(text: text) -> text write keyed final
flow main() -> [text] budget 1h {
  await event begin: text timeout 30m else { fail "nobody began" }
  var seen: [text] at most 200 = []
  loop all budget 100 iterations {
    await event word: { number: int } timeout 10m else { return seen }
    set seen = last(seen + ["{{ word.key }} {{ word.number }} {{ word.by }}"], 200)
  } on exhausted { return seen }
}
"""


@pytest.mark.parametrize("eagerly", [False, True], ids=["in one execution", "continuing"])
async def test_events_of_ten_senders_come_in_order_and_once(world: World, eagerly: bool) -> None:
    runs = world.on(f"killed-while-events-come-{eagerly}")
    worker = await world.workers.start(runs.task_queue)
    live = await runs.start(FLOW, eagerly=eagerly)
    run = handle(world, live)
    sent = [0] * SENDERS

    async def sender(number: int) -> None:
        for each in range(EACH):
            await surely(run, "word", {"number": each}, by=f"s{number}", key=f"k{number}", id=f"{number}-{each}")
            sent[number] += 1
            if each % 3 == 0:  # the same once more
                await surely(run, "word", {"number": each}, by=f"s{number}", key=f"k{number}", id=f"{number}-{each}")

    async def so_many(least: int) -> bool | None:
        return sum(sent) >= least or None

    senders = [asyncio.create_task(sender(number)) for number in range(SENDERS)]
    for killed_after in (15, 60):
        await eventually(partial(so_many, killed_after))
        os.kill(worker, signal.SIGKILL)
        await gone(worker)
        worker = await world.workers.start(runs.task_queue)
        if killed_after == 15:
            await surely(run, "begin", "now", by="ann", key=None, id="begin")
    await asyncio.gather(*senders)
    seen: Any = await live.value()
    assert len(seen) == SENDERS * EACH
    for number in range(SENDERS):
        own = [each for each in seen if each.startswith(f"k{number} ")]
        assert own == [f"k{number} {each} s{number}" for each in range(EACH)]


async def test_what_was_kept_outlives_the_worker_that_took_it(world: World) -> None:
    """Nothing waits for it, and nobody has replayed it yet, when its worker is gone."""
    runs = world.on("killed-with-events-kept")
    worker = await world.workers.start(runs.task_queue)
    live = await runs.start(FLOW)
    run = handle(world, live)
    for each in range(5):
        await run.send("word", {"number": each}, by="ann", key="k", id=str(each))
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    assert (await run.send("word", {"number": 2}, by="ann", key="k", id="2")).message == "this was sent before"
    await run.send("begin", "now", by="ann")
    for each in range(5, 100):
        await surely(run, "word", {"number": each}, by="ann", key="k", id=str(each))
    assert await live.value() == [f"k {each} ann" for each in range(100)]


def handle(world: World, live: LiveRun) -> Run:
    return Run(live.id, world.runs.client, MemoryStore())


async def surely(run: Run, event: str, value: Any, *, by: str, key: str | None, id: str) -> None:
    """As a careful sender does: again under the same id until it is known that the run has it."""
    while True:
        try:
            await run.send(event, value, by=by, key=key, id=id)
        except AnswerKept:
            continue
        except ClientError as error:
            if isinstance(error, RunOver) or "the run is over" in str(error):
                return  # it has all that it waits for, this among it; else the test finds it missing
            if "took nothing" not in str(error) and "refused" not in str(error):
                raise
            await asyncio.sleep(0.1)
        else:
            return
