"""A worker that is told to stop while its server is at work, and another that takes up what it left."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs, eventually
from tests.mcp.planned import DECLARED, Planned, planned
from tests.mcp.test_on_server import lives

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@asynccontextmanager
async def worker(runs: Runs, server: Planned) -> AsyncIterator[None]:
    plugin = FlowPlugin([], [server.flow], store=runs.store)
    async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin]):
        yield


async def test_a_read_goes_on_elsewhere_and_a_write_is_settled(
    tmp_path: Path, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADFLOW_TEST_TOKEN", "t")
    server = planned(tmp_path)
    runs = Runs(await Client.connect(temporal_address), uuid.uuid4().hex, MemoryStore())
    async with worker(runs, server):
        reading, writing = [
            await runs.start(f"edition 1\n{DECLARED}\nflow f() -> json {{ step w = p.{tool}() return w }}")
            for tool in ("wait", "wait_write")
        ]
        await eventually(lambda: _begun(server))
    assert not any(lives(pid) for pid in server.processes)
    (tmp_path / "may_live").touch()
    async with worker(runs, server):
        assert await reading.value() == "{}"
        found = await writing.value()
        assert found["page"].endswith("/w")
    assert (server.calls("hang"), server.calls("echo")) == (3, 1)


async def _begun(server: Planned) -> bool | None:
    return server.calls("hang") == 2 or None
