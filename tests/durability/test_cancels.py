"""A cancel meets the end of a call: every effect is undone, or stands in the ledger of a run that ends failed.

The end of a call and the cancel come in one workflow task when the flow's worker is away, or busy. Moments are random;
the seed is told when a test fails.
"""

import asyncio
import random
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from interpreter.activities.context import current
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import LiveRun, Runs, eventually
from tests.live.server import local_server

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow, pytest.mark.timeout(400)]

FLOW = """
edition 1
tool t.keyed(task: text) -> { task: text } write keyed { QUEUE compensate t.undo(task: result.task) }
tool t.plain(task: text) -> { task: text } write {
  QUEUE
  compensate t.undo(task: task)
  verify none "no look-up"
}
tool t.undo(task: text) idempotent { QUEUE }
flow main(run: text) -> text budget 5m {
  step a = t.keyed(task: "{{ run }}-a")
  parallel {
    step b = t.plain(task: "{{ run }}-b")
    step c = t.keyed(task: "{{ run }}-c")
  }
  step d = t.plain(task: "{{ run }}-d")
  return "done"
}
"""


@dataclass
class Books:
    """What the tools did. `gate` holds every call back until it is opened."""

    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    gate: threading.Event | None = None

    def tools(self) -> list[Any]:
        @tool("t.keyed")
        async def keyed(task: str) -> dict[str, str]:
            return await self._act(task)

        @tool("t.plain")
        async def plain(task: str) -> dict[str, str]:
            return await self._act(task)

        @tool("t.undo")
        async def undo(task: str) -> None:
            if task not in self.undone:
                self.undone.append(task)

        return [keyed, plain, undo]

    async def _act(self, task: str) -> dict[str, str]:
        assert current().key
        if task not in self.begun:
            self.begun.append(task)
        await asyncio.sleep(random.Random(task).uniform(0, 0.3))
        if self.gate is not None:
            await asyncio.to_thread(self.gate.wait)
        if task not in self.done:
            self.done.append(task)
        return {"task": task}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def runs() -> AsyncIterator[Runs]:
    async with local_server() as environment:
        yield Runs(environment.client, "flows")


@asynccontextmanager
async def worker(runs: Runs, queue: str, tools: list[Any]) -> AsyncIterator[None]:
    plugin = FlowPlugin(tools, store=runs.store, partial=True)
    async with Worker(runs.client, task_queue=queue, plugins=[plugin]):
        yield


async def ended(run: LiveRun) -> tuple[str, set[str]]:
    """How a run ended, and the steps that it lists."""
    try:
        await run.handle.result()
    except WorkflowFailureError as error:
        if isinstance(error.cause, CancelledError):
            return "cancelled", set()
        listed = cast(ApplicationError, error.cause).details[0]["ledger"]
        return "failed", {entry["path"].rsplit("/", 1)[-1] for entry in listed}
    return "completed", set()


async def check(books: Books, started: dict[str, LiveRun], seed: int) -> dict[str, int]:
    outcomes = {"cancelled": 0, "failed": 0, "completed": 0}
    for name, run in started.items():
        outcome, listed = await ended(run)
        outcomes[outcome] += 1
        effects = {task for task in books.done if task.startswith(f"{name}-")}
        for task in sorted(effects - set(books.undone)):
            known = outcome == "completed" or task.rsplit("-", 1)[-1] in listed
            assert known, f"seed {seed}: {task} took effect; the run ended {outcome} and lists {sorted(listed)}"
    return outcomes


async def test_two_hundred_cancels_on_one_busy_worker(runs: Runs) -> None:
    seed = random.randrange(10_000)
    chance, books = random.Random(seed), Books()
    flow = FLOW.replace("QUEUE", "")
    async with worker(runs, "flows", books.tools()):
        started = {f"r{n}": await runs.start(flow, {"run": f"r{n}"}) for n in range(200)}

        async def cancel(name: str, step: str, later: float) -> None:
            """Around the end of one of its calls."""

            async def begun() -> bool | None:
                return f"{name}-{step}" in books.begun or None

            await eventually(begun)
            await asyncio.sleep(later)
            await started[name].handle.cancel()

        plans = [(name, chance.choice("aab"), chance.uniform(0, 0.4)) for name in started]
        await asyncio.gather(*(cancel(*plan) for plan in plans))
        outcomes = await check(books, started, seed)
    assert outcomes["cancelled"] + outcomes["failed"] > 5, outcomes


async def test_fifty_cancels_while_the_worker_of_the_flow_is_away_and_a_call_ends(runs: Runs) -> None:
    seed = random.randrange(10_000)
    chance, books = random.Random(seed), Books(gate=threading.Event())
    flow = FLOW.replace("QUEUE", 'queue "tools"')
    assert books.gate is not None
    async with worker(runs, "tools", books.tools()):
        async with worker(runs, "away", []):
            away = Runs(runs.client, "away", runs.store)
            started = {f"a{n}": await away.start(flow, {"run": f"a{n}"}) for n in range(50)}

            async def all_begun() -> bool | None:
                return len(books.begun) >= 50 or None

            await eventually(all_begun)
        for run in started.values():
            if chance.random() < 0.7:
                await run.handle.cancel()
        books.gate.set()

        async def all_done() -> bool | None:
            return len(books.done) >= 50 or None

        await eventually(all_done)
        await asyncio.sleep(1)
        async with worker(runs, "away", []):
            outcomes = await check(books, started, seed)
    assert outcomes["cancelled"] > 20, outcomes
