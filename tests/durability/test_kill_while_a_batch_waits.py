"""kill -9 of the worker while a batch waits, and just after one was made of which it has not heard yet: every question
is asked once, answered once, and paid for once, also under a cap.
"""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from interpreter.boundary.caps import Cap
from tests.durability.test_kill_under_a_cap import stands
from tests.durability.world import Workers, World, gone, listening_to, process_of
from tests.live.batch_api import BatchApi
from tests.live.runs import Runs, eventually
from tests.live.sorting import FLOW, PRICES, TEXTS, sorting_api

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

TOKENS = 3 * (10 + 5)


@asynccontextmanager
async def batching(world: World, folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[tuple[BatchApi, Workers]]:
    """Workers that ask such an API: what they ask stands in their environment."""
    address = world.runs.client.service_client.config.target_host
    with sorting_api(patch) as api:
        async with process_of("nursery", address, str(folder / "objects")) as nursery:
            workers = Workers(nursery)
            async with listening_to(workers):
                yield api, workers


async def begun(runs: Runs, cap: Cap) -> Any:
    return await runs.start(FLOW, TEXTS, prices=PRICES, caps=[cap])


@pytest.mark.parametrize(
    "lost", [pytest.param(False, marks=pytest.mark.soak), True], ids=["it waits", "its making was not heard of"]
)
async def test_nothing_is_asked_twice(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    runs, bound = world.on(f"batch-{uuid4()}"), Cap("all", f"steadflow-cap/{uuid4()}", "month", usd="1", tokens=10_000)
    async with batching(world, tmp_path, monkeypatch) as (api, workers):
        api.looks = 1 if lost else 1_000_000
        api.hangs = ["POST /batches"] if lost else []
        worker = await workers.start(runs.task_queue)
        run = await begun(runs, bound)

        async def made() -> bool | None:
            return bool(api.batches if lost else "GET /batches/ID" in api.calls) or None

        await eventually(made)
        assert (await stands(runs, bound)).reserved_tokens > 300
        os.kill(worker, signal.SIGKILL)
        await gone(worker)
        for each in api.batches.values():
            each.looks = 1
        await workers.start(runs.task_queue)
        assert await run.value(120) == ["kind of one", "kind of two", "kind of three"]
        view, book = await run.view(), await stands(runs, bound)
    (batch,) = api.batches.values()
    assert len(batch.questions) == 3
    assert view.spent.tokens == book.tokens == TOKENS
    assert float(view.spent.usd) == float(book.usd) == 3 * (10 * 0.001 + 5 * 0.002) / 2
    assert (book.reserved_tokens, book.reserved_usd) == (0, "0")
