"""kill -9 of the worker at turn 47 of an agent's 60: the next worker goes on at turn 47."""

import asyncio
import json
import os
import signal
from collections import Counter

import pytest

from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.played_model import Acts, Says
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

TURNS, KILLED_AT = 60, 47
FLOW = """
edition 1
tool books.post(amount: int) -> int write keyed {
  heartbeat 1s
  retry 5 times backoff 1s to 1s
  compensate books.repeated(text: "undone")
}
tool books.repeated(text: text) -> text idempotent
agent clerk(task: text) -> text {
  model "clerk"
  prompt "{{ task }}"
  use books.post
  budget 61 turns
}
flow main() -> text {
  step said = clerk("post them all")
  return said
}
"""


async def test_a_crash_in_the_middle_repeats_no_turn(world: World) -> None:
    amounts = tuple(json.dumps({"amount": number}) for number in range(TURNS))
    world.models.plans = {"clerk": [Acts("books-post", amounts, Says('{"value": "posted"}'))]}
    runs = world.on("killed-agent")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW)

    async def begun() -> bool | None:
        return True if len(await asyncio.to_thread(ask, "executions", run=run.id)) >= KILLED_AT else None

    await eventually(begun)
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    asked_before = len(world.models.asked["clerk"])
    await world.workers.start(runs.task_queue)

    assert await run.value() == "posted"
    effects = ask("effects", run=run.id)
    assert sorted(effects) == sorted(f"main/said/turn#{turn}/books.post#1" for turn in range(1, TURNS + 1))
    executions = Counter(step for step, _, _ in ask("executions", run=run.id))
    assert sum(executions.values()) <= TURNS + 1
    assert asked_before >= KILLED_AT - 1
    requests = Counter(len(body["messages"]) for body in world.models.asked["clerk"])
    assert len(requests) == TURNS + 1, "each turn saw one more call, and what it gave"
    assert sum(requests.values()) <= TURNS + 2, "no turn before the crash was asked again"
    view = await run.view()
    assert [entry.state for entry in view.ledger] == ["done"] * TURNS
