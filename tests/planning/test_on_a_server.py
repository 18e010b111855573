"""Histories of a real server beside their plans: never longer than at most, and where nothing goes wrong about as long
as the plan says that they are then.
"""

import random
import statistics
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from temporalio.worker import Worker

from interpreter.boundary.payloads import Price
from interpreter.worker.plugin import FlowPlugin
from tests.live.played_model import PlayedModel, Says, played_model
from tests.live.runs import LiveRun, Runs
from tests.live.server import local_server
from tests.planning.counted import planned
from tests.traps.tools import TOOLS

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

HEAD = """edition 1
tool text.echo(text: text) -> text read
tool number.next(number: int) -> int idempotent
tool call.count(name: text) -> int write final { verify none "a test" }
agent ask(x: text) -> text { model "m" prompt "{{ x }}" answer at most 100 tokens }
flow below(x: text) -> text { step e = text.echo(text: x) step c = call.count(name: x) return e }
"""
PARTS = {
    "tool": 'step s{n} = text.echo(text: "{n}")',
    "write": 'step s{n} = call.count(name: "{n}")',
    "agent": 'step s{n} = ask(x: "{n}")',
    "flow": 'step s{n} = below(x: "{n}")',
    "sleep": "sleep 1ms",
    "parallel": 'parallel {{ step a{n} = text.echo(text: "a") step b{n} = call.count(name: "b") }}',
    "items": 'for i{n} in ["1", "2", "3"] {{ step s{n} = text.echo(text: i{n}) }}',
    "loop": "loop r{n} budget 3 iterations {{ step s{n} = number.next(number: {n}) until true }}",
    "lock": 'exclusive by "{n}" {{ step s{n} = text.echo(text: "{n}") }}',
    "race": 'race for i{n} in ["1", "2"] as r{n} {{ step s{n} = text.echo(text: i{n}) yield s{n} }}',
    "detached": 'step d{n} = below(x: "{n}") {{ detached }}',
    "finally": 'try {{ step s{n} = text.echo(text: "{n}") }} finally {{ step number.next(number: {n}) }}',
    "event": "await event w{n}: text timeout 1ms else {{ sleep 1ms }}",
    "rate": "loop r{n} budget 2 iterations every 1s {{ step s{n} = number.next(number: {n}) }}",
    "talk": 'var t{n}: conversation = [] step s{n} = ask(x: "a") {{ continue t{n} }} set t{n} = transcript(s{n})',
    "try": 'try {{ step s{n} = text.echo(text: "{n}") }} on error {{ step h{n} = text.echo(text: "h") }}',
}
FEW, MANY = 24, 300
PRICES = {"m": Price("0.000001", "0.000001")}


def some_text(seed: int) -> str:
    chance = random.Random(seed)
    parts = [PARTS[name].format(n=n) for n, name in enumerate(chance.choices(list(PARTS), k=chance.randint(1, 12)))]
    return f"{HEAD}flow main() budget 100k tokens {{\n  " + "\n  ".join(parts) + "\n}\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def runs(model: PlayedModel) -> AsyncIterator[Runs]:
    async with local_server() as environment:
        found = Runs(environment.client, "planned")
        plugin = FlowPlugin(TOOLS, store=found.store)
        async with Worker(environment.client, task_queue=found.task_queue, plugins=[plugin]):
            yield found


@pytest.fixture(scope="module")
def model() -> Iterator[PlayedModel]:
    with played_model() as model, pytest.MonkeyPatch.context() as patch:
        for name, value in model.environment.items():
            patch.setenv(name, value)
        model.plans = {"m": [Says('{"value": "hi"}', 20, 10)]}
        yield model


async def measured(run: LiveRun) -> tuple[int, int]:
    """Events, and bytes, of its history."""
    found = (await run.handle.describe()).raw_description.workflow_execution_info
    return found.history_length, found.history_size_bytes


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
async def test_histories_are_as_long_as_planned(runs: Runs, number: int) -> None:
    shares: list[float] = []
    for seed in range(number):
        text = some_text(seed)
        run = await runs.start(text, main="main", prices=PRICES)
        await run.value()
        usual, most = planned(text, rough=False), planned(text)
        events, size = await measured(run)
        assert usual.events is not None
        assert most.events is not None
        assert most.size is not None
        assert events <= most.events, text
        assert size <= most.size, text
        if "race" not in text:  # where who has lost is told to stop, or has ended already: that is no usual run
            assert events <= usual.events, text
        shares.append(usual.events / events)
    print("predicted over measured, median and largest:", statistics.median(shares), max(shares))
    assert statistics.median(shares) <= 1.5
