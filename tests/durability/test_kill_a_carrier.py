"""kill -9 of the worker while a slow tool is carried, and its run has continued as new: what then happens depends on
the effect of the tool, as it does where the run calls it itself.
"""

import asyncio
from collections import Counter

import pytest

from interpreter.boundary.failures import OUTCOME_UNKNOWN
from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import LiveRun

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool books.TOOL(text: text) -> text EFFECT { timeout 40m heartbeat 1s MORE }
tool books.post(amount: int) -> int write keyed final { heartbeat 1s }
tool books.look(milliseconds: int) -> text read
tool books.find(key: text) -> text? read
flow main() -> text {
  step first = books.post(amount: 1)
  parallel {
    step posted = books.TOOL(text: "late tea")
    branch beside {
      var looks = 0
      loop many budget 150 iterations {
        step look = books.look(milliseconds: 50)
        set looks = looks + 1
        until looks == 60
      }
    }
  }
  return posted
}
"""
TOOLS = {
    "keyed": ("write keyed final", ""),
    "plain": ("write final", 'verify none "a test"'),
    "verified": ("write final", "verify books.find(key: key)"),
    "repeated": ("idempotent", ""),
}


async def killed(world: World, tool: str) -> LiveRun:
    runs = world.on(f"carried-{tool}")
    worker = await world.workers.start(runs.task_queue)
    effect, more = TOOLS[tool]
    text = FLOW.replace("TOOL", tool).replace("EFFECT", effect).replace("MORE", more)
    run = await runs.start(text, eagerly=True)
    await run.seen(lambda view: view.continuations.get("all", 0) >= 3 or None)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    return run


async def test_what_was_carried_is_settled_by_its_effect(world: World) -> None:
    runs = dict(zip(TOOLS, await asyncio.gather(*(killed(world, tool) for tool in TOOLS)), strict=True))
    failure = await runs["plain"].failure()
    assert failure.kind == OUTCOME_UNKNOWN
    for tool in ("keyed", "verified", "repeated"):
        assert await runs[tool].value() == "late tea", tool
    begun = {tool: Counter(step for step, _, _ in ask("executions", run=run.id)) for tool, run in runs.items()}
    path = "main/parallel#2/posted"
    assert {tool: steps[path] for tool, steps in begun.items()} == {
        "keyed": 2,
        "plain": 1,
        "verified": 1,
        "repeated": 2,
    }
    for tool in ("keyed", "verified"):
        assert ask("effects", run=runs[tool].id).count(path) == 1
