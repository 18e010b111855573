"""A provider that takes so many requests a second is asked as many, however many runs there are and workers."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from dsl.models.configured import Models
from dsl.models.providers import Served
from interpreter.boundary.names import lane
from interpreter.client.submission import prepare
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.metered_model import Metered, metered
from tests.live.runs import Runs

FLOW = """edition 1
agent yes(n: int) -> text { model "metered/m" prompt "Is {{ n }} a number?" }
flow main(n: int) -> text { step said = yes(n: n) return said }
"""


def served(name: str, meter: Metered, rate: float) -> Models:
    return Models({}, {name: Served(name, "compatible", meter.address, "", requests_per_second=rate)})


async def many(address: str, models: Models, flow: str, *, runs: int, workers: int) -> list[str]:
    """What the runs came to."""
    store, task_queue = MemoryStore(), f"queue-{uuid4()}"
    client = await Client.connect(address)
    async with AsyncExitStack() as stack:
        for _ in range(workers):
            plugin = FlowPlugin(store=store, models=models)
            alone = await Client.connect(address)
            await stack.enter_async_context(Worker(alone, task_queue=task_queue, plugins=[plugin]))
        starting = Runs(client, task_queue, store)

        async def one(number: int) -> str:
            run = await starting.start_prepared(prepare(store, flow, None, {"n": number}, models).input)
            return str(await run.value(300))

        return await asyncio.gather(*map(one, range(runs)))


@pytest.mark.slow
async def test_no_more_are_asked_than_the_provider_takes(temporal_address: str) -> None:
    async with metered(rate=20, burst=20) as meter:
        models = served("few", meter, 10)
        said = await many(temporal_address, models, FLOW.replace("metered/", "few/"), runs=30, workers=1)
    assert said == ["yes"] * 30
    assert (len(meter.at), meter.refused) == (30, 0)
    assert meter.at[-1] - meter.at[0] > 1


@pytest.mark.slow
@pytest.mark.parametrize("runs", [150, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
async def test_hundreds_of_runs_at_ten_a_second_make_no_storm(temporal_address: str, runs: int) -> None:
    async with metered(rate=10, burst=12) as meter:
        said = await many(temporal_address, served("metered", meter, 10), FLOW, runs=runs, workers=2)
    assert said == ["yes"] * runs
    gaps = sorted(later - earlier for earlier, later in pairwise(meter.at))
    took, median = meter.at[-1] - meter.at[0], gaps[runs // 2]
    print(f"{len(meter.at)} requests, {meter.refused} refused, in {took:.1f} s; median {median}")
    assert meter.refused <= runs // 20, "one in twenty: where nobody slows them down, more than half are refused"
    assert lane("metered") == "steadflow-lane-metered"
