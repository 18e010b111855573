"""kill -9 of a worker between what it sets aside under a cap and what it settles there: nothing of it is given back,
the other worker goes on with the same book, and what the provider has counted stays below the cap.
"""

import os
import signal
import time
from uuid import uuid4

import pytest

from interpreter.boundary.caps import Cap, Written
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.names import BOOK_QUERY
from interpreter.core.caps import period
from tests.durability.world import World, gone
from tests.live.played_model import Says, Silent
from tests.live.runs import Runs, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
agent a(q: text) -> text { model "held" prompt "{{ q }}" answer at most 1k tokens }
flow main() -> text {
  step v = a(q: "hello")
  return v
}
"""
ANSWER = Says('{"value": "hi"}', 20, 80)
MOST = 3_000


async def stands(runs: Runs, cap: Cap) -> Written:
    book = f"{cap.book}/{period(cap.per, time.time())[0]}"
    written: Written = await runs.client.get_workflow_handle(book).query(BOOK_QUERY, result_type=Written)
    return written


async def test_what_a_killed_worker_has_set_aside_is_charged(world: World) -> None:
    world.models.plans = {"held": [Silent(), ANSWER]}
    runs, bound = world.on("killed-under-a-cap"), Cap("all", f"steadflow-cap/{uuid4()}", "month", tokens=MOST)
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW, caps=[bound])

    async def asked() -> bool | None:
        return True if world.models.asked["held"] else None

    await eventually(asked)
    held = await stands(runs, bound)
    assert (held.tokens, held.reserved_tokens > 1_000) == (0, True)
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    await world.workers.start(runs.task_queue)

    assert await run.value() == "hi"
    after = await stands(runs, bound)
    assert (after.tokens, after.reserved_tokens) == (held.reserved_tokens + 100, 0)

    others = [await runs.start(FLOW, caps=[bound]) for _ in range(20)]
    ends = [await other.ending() for other in others]
    refused = [other for other, end in zip(others, ends, strict=True) if end is not None]
    assert {(await other.failure()).kind for other in refused} == {BUDGET_EXCEEDED}
    finally_ = await stands(runs, bound)
    assert finally_.reserved_tokens == 0
    counted = 100 * (len(world.models.asked["held"]) - 1) + held.reserved_tokens
    assert counted == finally_.tokens <= MOST
