"""The worker dies exactly between a tool's commit and its completion: what then happens depends on the effect."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from interpreter.boundary.failures import OUTCOME_UNKNOWN
from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import LiveRun

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool books.TOOL(text: text) -> text EFFECT {
  heartbeat 1s
  retry 3 times backoff 1s to 1s
  MORE
}
tool books.find(key: text) -> text? read
flow main() -> text {
  step posted = books.TOOL(text: "tea")
  return posted
}
"""

NO_UNDO = 'compensate none "a test"'
TOOLS = {
    "keyed": ("write keyed", NO_UNDO),
    "plain": ("write", f'{NO_UNDO} verify none "a test"'),
    "verified": ("write", f"{NO_UNDO} verify books.find(key: key)"),
    "repeated": ("idempotent", ""),
}


async def killed(world: World, tool: str) -> LiveRun:
    runs = world.on(f"committed-{tool}")
    worker = await world.workers.start(runs.task_queue)
    effect, more = TOOLS[tool]
    run = await runs.start(FLOW.replace("TOOL", tool).replace("EFFECT", effect).replace("MORE", more))
    await gone(worker)
    await world.workers.start(runs.task_queue)
    return run


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def killed_runs(world: World) -> AsyncIterator[dict[str, LiveRun]]:
    runs = await asyncio.gather(*(killed(world, tool) for tool in TOOLS))
    yield dict(zip(TOOLS, runs, strict=True))


def executions(run: LiveRun) -> int:
    return Counter(step for step, _, _ in ask("executions", run=run.id))["main/posted"]


async def test_a_keyed_write_passes_and_gets_the_result_that_stands_under_its_key(
    killed_runs: dict[str, LiveRun],
) -> None:
    run = killed_runs["keyed"]
    assert await run.value() == "tea"
    assert (executions(run), ask("effects", run=run.id)) == (2, ["main/posted"])


async def test_an_idempotent_call_is_made_again(killed_runs: dict[str, LiveRun]) -> None:
    run = killed_runs["repeated"]
    assert await run.value() == "tea"
    assert executions(run) == 2


async def test_a_write_that_can_be_verified_is_found_and_not_made_again(killed_runs: dict[str, LiveRun]) -> None:
    run = killed_runs["verified"]
    assert await run.value() == "tea"
    assert (executions(run), ask("effects", run=run.id)) == (1, ["main/posted"])
    assert [(entry.path, entry.state) for entry in (await run.view()).ledger] == [], "nothing to undo"


async def test_a_plain_write_ends_as_unknown_in_the_ledger_and_is_never_made_again(
    killed_runs: dict[str, LiveRun],
) -> None:
    run = killed_runs["plain"]
    assert (await run.failure()).kind == OUTCOME_UNKNOWN
    assert (executions(run), ask("effects", run=run.id)) == (1, ["main/posted"])
    assert [(entry.path, entry.state) for entry in (await run.view()).ledger] == [("main/posted", "uncertain")]
