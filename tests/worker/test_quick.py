"""`read quick`: carried out by the worker that has the run, within its workflow task; and what if that cannot be."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from interpreter.api import ToolError, current
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import LiveRun, Runs, eventually

FLOW = """edition 1
tool crm.find(id: text) -> { name: text } read quick { errors NotThere retry 2 times backoff 1s to 1s except NotThere }
tool crm.note(text: text) write { compensate none "a note stays" }
flow main(id: text) -> text {
  try {
    step found = crm.find(id: id)
    step crm.note(text: found.name)
    return found.name
  } on error e if e.kind == "NotThere" { return "nobody" }
}
"""
LARGE = "x" * 100_000
asked: Counter[str] = Counter()
keys: set[str] = set()


@tool("crm.find")
def find(id: str) -> dict[str, str]:
    asked[id] += 1
    keys.add(current().key)
    if id == "no":
        raise ToolError("NotThere", "there is no such customer")
    if id == "twice" and asked[id] < 2:
        raise OSError("out of order")
    time.sleep({"slow": 6, "rather slow": 2}.get(id, 0))
    return {"name": LARGE if id == "large" else f"name of {id}"}


@tool("crm.note")
def note(text: str) -> None:
    asked[f"note {text[:20]}"] += 1


@asynccontextmanager
async def working(runs: Runs, *tools: Callable[..., Any]) -> AsyncIterator[None]:
    plugin = FlowPlugin(tools=tools, store=runs.store)
    client = await Client.connect(runs.client.service_client.config.target_host)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
        yield


async def runs_at(address: str) -> Runs:
    asked.clear()
    keys.clear()
    return Runs(await Client.connect(address), f"quick-{uuid4()}")


async def scheduled(run: LiveRun) -> list[str]:
    """The calls that went through the server."""
    events = await run.events(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    return [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]


@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_it_does_not_go_through_the_server(temporal_address: str, eagerly: bool) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, find, note):
        run = await runs.start(FLOW, {"id": "ada"}, eagerly=eagerly)
        assert await run.value() == "name of ada"
    assert await scheduled(run) == ["crm.note"]
    assert asked == {"ada": 1, "note name of ada": 1}
    assert keys == {f"{run.id}/{run.first_run}/main/try#1/body/found"}


async def test_what_it_declares_and_what_it_does_not(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, find, note):
        refused = await runs.start(FLOW, {"id": "no"})
        again = await runs.start(FLOW, {"id": "twice"})
        assert await refused.value() == "nobody"
        assert await again.value() == "name of twice"
    assert await scheduled(refused) == []
    assert await scheduled(again) == ["crm.find", "crm.note"], "what went wrong is tried again as any other call"


async def test_a_large_result_is_a_reference(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, find, note):
        run = await runs.start(FLOW, {"id": "large"})
        result = await run.handle.result()
    assert result.references
    assert asked == {"large": 1, f"note {LARGE[:20]}": 1}


async def test_a_worker_that_has_not_the_tool_leaves_it_to_another(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, note):
        run = await runs.start(FLOW, {"id": "ada"})

        async def left() -> bool | None:
            return "crm.find" in await scheduled(run) or None

        await eventually(left)
        async with working(runs, find, note):
            assert await run.value() == "name of ada"
    assert asked["ada"] == 1


@pytest.mark.slow
async def test_one_that_takes_long_is_made_as_any_other_with_the_whole_of_its_time(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, find, note):
        run = await runs.start(FLOW, {"id": "rather slow"})
        assert await run.value() == "name of rather slow"
    assert await scheduled(run) == ["crm.find", "crm.note"]
    assert asked == {"rather slow": 2, "note name of rather slow": 1}


@pytest.mark.slow
async def test_one_that_takes_too_long_is_a_timeout(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    flow = FLOW.replace("errors NotThere retry 2 times backoff 1s to 1s except NotThere", "errors NotThere timeout 1s")
    async with working(runs, find, note):
        run = await runs.start(flow, {"id": "slow"})
        failure = await run.failure()
    assert failure.kind == "TimedOut"


@pytest.mark.slow
async def test_a_cancel_ends_a_run_in_the_middle_of_one(temporal_address: str) -> None:
    runs = await runs_at(temporal_address)
    async with working(runs, find, note):
        run = await runs.start(FLOW, {"id": "slow"})
        await asyncio.sleep(0.5)
        await run.handle.cancel()
        ending = await run.ending()
    assert not isinstance(ending, ApplicationError)
    assert asked["note name of slow"] == 0
