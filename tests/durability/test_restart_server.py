"""The embedded server is stopped, or killed, and started again on its folder: runs that wait go on."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from temporalio.worker import Worker

from interpreter.client.client import TASK_QUEUE, connect_embedded
from interpreter.server import locks
from interpreter.server.folder import StateFolder, state_folder
from interpreter.server.record import read_record
from interpreter.worker.plugin import FlowPlugin
from tests.durability.world import gone
from tests.live.runs import eventually

ASKING = """
edition 1
flow main() -> [text] {
  await approval go "Go on?" { from "leads" timeout 1h then reject }
  return [go.outcome] + go.by
}
"""

SLEEPING = """
edition 1
flow main() -> text {
  sleep 2s
  return "rested"
}
"""

pytestmark = pytest.mark.slow


async def stop(folder: StateFolder) -> None:
    """As it ends when nobody uses it any more, only at once."""
    record = read_record(folder.server)
    assert record is not None
    os.kill(record.keeper, signal.SIGTERM)
    await gone(record.pid)


async def kill(folder: StateFolder) -> None:
    record = read_record(folder.server)
    assert record is not None
    for pid in (record.keeper, record.pid):
        os.kill(pid, signal.SIGKILL)
    await gone(record.pid)


@pytest.mark.parametrize("end", [stop, kill])
async def test_runs_go_on_when_the_server_is_there_again(
    tmp_path: Path, end: Callable[[StateFolder], Awaitable[None]]
) -> None:
    folder = state_folder(tmp_path / "state")
    async with await connect_embedded(folder.root) as client:
        async with Worker(client.temporal, task_queue=TASK_QUEUE, plugins=[FlowPlugin(store=client.store)]):
            await client.submit(ASKING, id="asking")
            await client.submit(SLEEPING, id="sleeping")

            async def both_wait() -> bool | None:
                asked = await client.run("asking").approvals()
                steps = (await client.run("sleeping").state()).steps
                return True if asked and steps else None

            await eventually(both_wait)
        await end(folder)
    assert not locks.is_held(folder.database_lock)
    async with await connect_embedded(folder.root) as client:
        async with Worker(client.temporal, task_queue=TASK_QUEUE, plugins=[FlowPlugin(store=client.store)]):
            await client.run("asking").approve(by="ann", group="leads")
            async with asyncio.timeout(20):
                assert await client.run("asking").result() == ["approved", "ann"]
                assert await client.run("sleeping").result() == "rested"
        await stop(folder)
