"""kill -9 of the worker while a summary is being made: it is asked for again, and nothing before it is done twice."""

import os
import signal
from collections import Counter

import pytest

from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.played_model import Acts, Says, Silent
from tests.live.runs import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool books.post(amount: int) -> int write keyed { compensate books.repeated(text: "undone") }
tool books.repeated(text: text) -> text idempotent
agent notes() -> text { model "summary" prompt "What was said so far?" budget 2 calls }
agent clerk(task: text) -> text {
  model "summarised"
  prompt "{{ task }}"
  use books.post
  budget 9 turns
  summarise by notes at 30 tokens
}
flow main() -> text budget 900k tokens {
  step said = clerk("Post them all, one after the other, and tell me in the end what you have posted, word for word.")
  return said
}
"""


async def test_the_summary_is_made_again_and_no_turn_before_it(world: World) -> None:
    done = Says('{"value": "posted"}')
    amounts = ('{"amount": 1}', '{"amount": 2}')
    clerk = [Acts("books-post", amounts, done), Acts("books-post", amounts, done), done]
    world.models.plans = {"summarised": clerk, "summary": [Silent(), Says('{"value": "Two are posted."}')]}
    runs = world.on("killed-in-a-summary")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW)

    async def summarising() -> bool | None:
        return True if world.models.asked["summary"] else None

    await eventually(summarising)
    before = len(world.models.asked["summarised"])
    posted = ask("executions", run=run.id)
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    await world.workers.start(runs.task_queue)

    assert await run.value() == "posted"
    first, second = world.models.asked["summary"][:2]
    assert first == second, "the same summary was asked for"
    assert (before, len(posted)) == (2, 2)
    executions = Counter(step for step, _, _ in ask("executions", run=run.id))
    assert set(executions.values()) == {1}, "no call before the summary was made again"
    after = world.models.asked["summarised"][before]
    assert "Two are posted." in str(after["messages"])
    view = await run.view()
    assert {entry.state for entry in view.ledger} == {"done"}
