"""kill -9 of the worker of a run whose budget is exhausted, while people are asked for more: the question stands, an
answer that comes while no worker is there counts, and what was spent before is neither lost nor spent again.
"""

import asyncio
import os
import signal

import pytest

from tests.durability.world import World, gone
from tests.live.played_model import Says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
agent a(q: text) -> text { model "parked" prompt "{{ q }}" answer at most 100 tokens }
flow below(q: text) -> text budget 3k tokens on exhausted ask "leads" timeout 1h then fail {
  step one = a(q)
  step two = a("{{ q }} again")
  return "{{ one }} {{ two }}"
}
flow main() -> { said: text, left: int } budget 20k tokens {
  step said = below("hello")
  return { said: said, left: budget.left.tokens }
}
"""
ANSWERS = [Says('{"value": "hi"}', 2_850, 80), Says('{"value": "ho"}', 300, 80)]
SPENT = 2_850 + 80 + 300 + 80


@pytest.mark.parametrize("eagerly", [False, True], ids=["one execution", "continued as new"])
@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_the_question_stands_and_an_answer_counts_that_came_while_nobody_worked(
    world: World, eagerly: bool, decision: str
) -> None:
    model = f"parked-{decision}-{eagerly}"
    world.models.plans = {model: ANSWERS}
    runs = world.on(f"killed-while-more-is-asked-{decision}-{eagerly}")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW.replace("parked", model), eagerly=eagerly)
    child = run.child("main/said")
    question = await child.question()
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    more = {"answer": {"tokens": 5_000}} if decision == "approve" else {}
    answering = asyncio.create_task(child.answer(question.id, decision, **more))
    await asyncio.sleep(0.2)
    await world.workers.start(runs.task_queue)

    assert (await answering).accepted
    if decision == "approve":
        assert await run.value() == {"said": "hi ho", "left": 20_000 - SPENT}
    else:
        assert (await run.failure()).kind == "BudgetExceeded"
    assert len(world.models.asked[model]) == (2 if decision == "approve" else 1)
