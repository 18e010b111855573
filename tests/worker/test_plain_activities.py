"""Plain activities as tools: what they are called with, in each way in which a worker can have one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from interpreter.activities.at_work import AT_WORK
from interpreter.activities.cancel_run import cancel_run
from interpreter.worker.agreements import SignatureError
from interpreter.worker.plain_activities import activity_name
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool_of
from tests.live.runs import Runs

pytestmark = pytest.mark.slow

FLOW = """edition 1
tool pets.by_name(name: text, age: int) -> { id: int } read { retry 0 times }
flow main(q: text) -> int budget 1m { step p = pets.by_name(name: q, age: 7) return p.id }
"""


@dataclass
class Pet:
    name: str
    age: int


@activity.defn(name="pets.by_name")
async def whole(args: dict) -> dict:  # type: ignore[type-arg]
    return {"id": args["age"]}


@activity.defn(name="pets.by_name")
async def unannotated(args) -> Any:  # type: ignore[no-untyped-def]
    return {"id": args["age"]}


@activity.defn(name="pets.by_name")
def record(pet: Pet) -> dict[str, int]:
    return {"id": pet.age}


@activity.defn(name="pets.by_name")
def by_names(name: str, age: int, colour: str = "black") -> dict[str, int]:
    assert (name, colour) == ("rex", "black")
    return {"id": age}


@activity.defn(name="pets.by_name")
async def blocking(args: dict[str, Any]) -> dict[str, int]:
    time.sleep(6)  # noqa: ASYNC251 - as plain activities do, past the heartbeat of 5 s
    return {"id": args["age"]}


@pytest.mark.parametrize("function", [whole, unannotated, record, by_names, blocking])
async def test_any_activity_of_that_name(temporal_address: str, function: Callable[..., Any]) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    plugin = FlowPlugin([function], [FLOW], store=runs.store)
    async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin]):
        assert await (await runs.start(FLOW, {"q": "rex"})).value() == 7


@activity.defn(name="pets.by_name")
async def slow(args: dict[str, Any]) -> dict[str, int]:
    await asyncio.sleep(6)  # without a heartbeat of its own
    assert any(key.endswith("/main/p") for key in AT_WORK._calls)
    return {"id": args["age"]}


async def test_an_activity_that_the_worker_has_besides(temporal_address: str) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    plugin = FlowPlugin([], [FLOW], store=runs.store)
    async with Worker(runs.client, task_queue=runs.task_queue, activities=[slow], plugins=[plugin]):
        assert await (await runs.start(FLOW, {"q": "rex"})).value() == 7


@activity.defn(name="pets.by_name")
async def failing(args: dict[str, Any]) -> None:
    raise ApplicationError("no", type="NotCalled")


async def test_it_has_no_kind_of_the_machine_either(temporal_address: str) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    for tools, besides in (([failing], []), ([], [failing])):
        plugin = FlowPlugin(tools, [FLOW], store=runs.store)
        client = await Client.connect(temporal_address)
        async with Worker(client, task_queue=runs.task_queue, activities=besides, plugins=[plugin]):
            assert (await (await runs.start(FLOW, {"q": "rex"})).failure()).kind == "Undeclared"


async def test_a_missing_one_keeps_the_worker_from_starting(temporal_address: str) -> None:
    @activity.defn(name="pets.other")
    async def other(args: dict[str, Any]) -> None: ...

    with pytest.raises(SignatureError, match="has no implementation"):
        Worker(
            await Client.connect(temporal_address), task_queue="q", activities=[other], plugins=[FlowPlugin([], [FLOW])]
        )


def test_our_own_activities_are_no_tools() -> None:
    assert activity_name(cancel_run) is None
    assert activity_name(len) is None
    assert tool_of(whole).unchecked
