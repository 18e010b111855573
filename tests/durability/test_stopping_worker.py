"""A worker that is told to stop, and results that cannot be recorded: a plain write is never run twice."""

import asyncio
import os
import signal
from typing import Any

import pytest
from temporalio import activity
from temporalio.worker import Worker

from interpreter.boundary.failures import OUTCOME_UNKNOWN
from interpreter.worker.plugin import FlowPlugin
from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import LiveRun, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

SLOW = """
edition 1
tool books.slow(seconds: number) -> text write { heartbeat 1s compensate none "a test" verify none "a test" }
flow main(seconds: number) -> text {
  step posted = books.slow(seconds: seconds)
  return posted
}
"""

ODD = """
edition 1
tool TOOL() -> json write { heartbeat 1s compensate none "a test" verify none "a test" }
flow main() -> json {
  step posted = TOOL()
  return posted
}
"""


async def stopped(world: World, name: str, *, seconds: float, grace: float) -> LiveRun:
    """A run whose worker gets a SIGTERM while the tool works."""
    runs = world.on(f"stopped-{name}")
    worker = await world.workers.start(runs.task_queue, grace)
    run = await runs.start(SLOW, {"seconds": seconds})

    async def begun() -> bool | None:
        return True if await asyncio.to_thread(ask, "executions", run=run.id) else None

    await eventually(begun)
    os.kill(worker, signal.SIGTERM)
    await gone(worker)
    await world.workers.start(runs.task_queue)
    return run


async def test_a_write_that_ends_within_the_grace_has_happened_once(world: World) -> None:
    run = await stopped(world, "in-time", seconds=0.5, grace=5)
    assert await run.value() == "slow"
    assert len(ask("executions", run=run.id)) == 1


async def test_a_write_that_outlasts_the_grace_is_unknown_and_not_run_again(world: World) -> None:
    run = await stopped(world, "too-late", seconds=30, grace=0.2)
    assert (await run.failure()).kind == OUTCOME_UNKNOWN
    assert len(ask("executions", run=run.id)) == 1


async def test_a_result_that_is_no_json_is_unknown_and_not_run_again(world: World) -> None:
    runs = world.on("odd")
    await world.workers.start(runs.task_queue)
    run = await runs.start(ODD.replace("TOOL", "books.odd"))
    assert (await run.failure()).kind == OUTCOME_UNKNOWN
    assert len(ask("executions", run=run.id)) == 1
    assert [entry.state for entry in (await run.view()).ledger] == ["uncertain"]


async def test_a_foreign_result_that_is_too_large_is_unknown_and_not_run_again(world: World) -> None:
    executions: list[Any] = []

    @activity.defn(name="foreign.large")
    async def large(arguments: dict[str, Any]) -> str:
        executions.append(arguments)
        return "x" * 3_000_000

    runs = world.on("foreign")
    plugin = FlowPlugin(store=runs.store)
    async with Worker(runs.client, task_queue=runs.task_queue, activities=[large], plugins=[plugin]):
        run = await runs.start(ODD.replace("TOOL", "foreign.large").replace("heartbeat 1s", ""))
        assert (await run.failure()).kind == OUTCOME_UNKNOWN
    assert len(executions) == 1
