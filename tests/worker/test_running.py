"""A worker as a process: a signal lets what runs come to its end; the process leaves by itself."""

import asyncio
import os
import signal
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import asyncio, os, sys, time
from temporalio.client import Client
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.running import run_worker
from interpreter.worker.tools import tool

@tool("slow.tool")
def slow() -> str:
    print("began", flush=True)
    time.sleep(0.5)
    return "came to its end"

async def main() -> None:
    client = await Client.connect(sys.argv[1])
    plugin = FlowPlugin([slow], store=MemoryStore())
    await run_worker(client, sys.argv[2], plugin, ready=lambda: print("ready", flush=True))

asyncio.run(main())
print("left", flush=True)
os._exit(0)
"""


@workflow.defn(sandboxed=False)
class Calling:
    """Calls a tool that another process serves."""

    @workflow.run
    async def run(self, queue: str) -> str:
        result: str = await workflow.execute_activity(
            "slow.tool", {}, task_queue=queue, start_to_close_timeout=timedelta(seconds=10), result_type=str
        )
        return result


@pytest.mark.slow
async def test_sigterm_lets_a_call_come_to_its_end(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    queue = f"queue-{uuid.uuid4()}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, temporal_address, f"{queue}-tools"),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    async with Worker(client, task_queue=queue, workflows=[Calling]):
        handle = await client.start_workflow(Calling.run, f"{queue}-tools", id=f"run-{queue}", task_queue=queue)
        assert await process.stdout.readline() == b"began\n"
        process.send_signal(signal.SIGTERM)
        assert await handle.result() == "came to its end"
    assert await process.stdout.read() == b"left\n"
    assert await process.wait() == 0
