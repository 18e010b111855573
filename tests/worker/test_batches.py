"""Questions of a `parallel for` in one batch, on a real server: asked once, waited for, cancelled with the run."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.boundary.payloads import RunOptions
from interpreter.core import batches
from interpreter.core.constructs import batch
from interpreter.stores.kept_files import File
from interpreter.worker.plugin import FlowPlugin
from tests.live.batch_api import BatchApi, says
from tests.live.runs import Runs, eventually
from tests.live.sorting import FLOW, PRICES, TEXTS, sorting_api


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchApi]:
    """Looked at often."""
    monkeypatch.setattr(batch, "FIRST_LOOK", 0.2)
    monkeypatch.setattr(batch, "LONGEST_PAUSE", 0.2)
    with sorting_api(monkeypatch) as api:
        yield api


@asynccontextmanager
async def worker(runs: Runs) -> AsyncIterator[None]:
    client = await Client.connect(runs.client.service_client.config.target_host)
    async with Worker(client, task_queue=runs.task_queue, plugins=[FlowPlugin(store=runs.store)]):
        yield


@pytest.mark.slow
async def test_a_batch_is_made_once_and_waited_for_whatever_becomes_of_workers(
    temporal_address: str, api: BatchApi
) -> None:
    """Nobody hears that it was made; the worker goes while it is waited for; the run continues as new all the time."""
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    api.drops, api.looks = ["POST /batches"], 1_000_000
    async with worker(runs):
        run = await runs.start(FLOW, TEXTS, options=RunOptions(continue_eagerly=True), prices=PRICES)
        await eventually(lambda: _seen("GET /batches/ID" in api.calls))
        assert (await run.view()).spent.tokens == 0
    (made,) = api.batches.values()
    made.looks = 1
    async with worker(runs):
        assert await run.value() == ["kind of one", "kind of two", "kind of three"]
        spent = (await run.view()).spent
    assert list(api.batches) == ["batch_1"]
    assert len(made.questions) == 3
    assert (spent.tokens, float(spent.usd)) == (45, 3 * (10 * 0.001 + 5 * 0.002) / 2), "half of what it costs alone"


async def test_a_cancelled_run_cancels_its_batch(temporal_address: str, api: BatchApi) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    api.looks = 1_000_000
    async with worker(runs):
        run = await runs.start(FLOW, TEXTS)
        await eventually(lambda: _seen("GET /batches/ID" in api.calls))
        await run.handle.cancel()
        assert await run.ending() is not None
        spent = (await run.view()).spent
    assert [made.status for made in api.batches.values()] == ["cancelled"]
    assert spent.tokens > 3 * 100, "nobody knows what was answered by then, so all of it is charged"


READING = """edition 1
agent read(scan: file) -> text { model "gpt-4o-mini" prompt "What is {{ scan }}?" batch within 2h }
flow main(scans: [file] at most 9) -> [text] at most 9 budget 9M tokens, 1d {
  parallel for scan in scans as words {
    step word = read(scan)
    yield word
  }
  return words
}
"""


async def test_a_batch_shows_files_and_no_more_of_them_than_a_provider_takes(
    temporal_address: str, api: BatchApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    monkeypatch.setattr(batches, "MOST_IN_FILES", 40)
    api.answer = lambda body: says(body["messages"][-1]["content"][1]["text"].upper())
    scans = [File(f"the content of {name}".encode(), f"{name}.txt") for name in ("one", "two", "three", "four")]
    async with worker(runs):
        run = await runs.start(READING, {"scans": scans})
        words = await run.value()
        history = "".join(str(event) for event in await run.events())
    assert all(scan.bytes().decode().upper() in word for scan, word in zip(scans, words, strict=True))
    assert [len(made.questions) for made in api.batches.values()] == [2, 2]
    assert "the content of" not in history, "what is in a file goes from the store to the provider"


async def _seen(what: bool) -> bool | None:
    return what or None
