"""kill -9 of the worker while a model answers: it is asked again, the same one, and nothing else happens.

worker-killed-while-a-model-answers
"""

import os
import signal

import pytest

from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.played_model import Says, Silent
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
type V { s: text }
tool books.post(amount: int) -> int write keyed { compensate books.repeated(text: "undone") }
tool books.repeated(text: text) -> text idempotent
agent a(q: text) -> V { model "killed" then "other" prompt "{{ q }}" budget 20k tokens }
flow main() -> V budget 10m, 200k tokens {
  step d = books.post(amount: 7)
  step v = a(q: "hello")
  return v
}
"""
CARRIED = FLOW.replace("{\n  step d", "{\n  await event go as gone: text timeout 10ms else { }\n  step d").replace(
    'a(q: "hello")', 'a(q: "hello") { timeout 6m }'
)
UNKNOWN_MODEL = 4_096
"""The most that a model answers with, of which nothing is known."""


@pytest.mark.parametrize("flow", [FLOW, CARRIED], ids=["by the run", "carried"])
async def test_the_call_is_made_again_by_the_same_model_and_charged_once(world: World, flow: str) -> None:
    world.models.asked["killed"].clear()
    world.models.plans = {"killed": [Silent(), Says('{"s": "hi"}')], "other": [Says('{"s": "other"}')]}
    runs = world.on("killed-while-a-model-answers")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(flow)

    async def asked() -> bool | None:
        return True if world.models.asked["killed"] else None

    await eventually(asked)
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)

    assert await run.value() == {"s": "hi"}
    first, second = world.models.asked["killed"]
    assert first == second
    assert world.models.asked["other"] == []
    assert {step for step, _, _ in ask("executions", run=run.id)} == {"main/d"}, "the write was undone"
    view = await run.view()
    assert UNKNOWN_MODEL < view.spent.tokens < 2 * UNKNOWN_MODEL
    assert [(entry.path, entry.state) for entry in view.ledger] == [("main/d", "done")]
