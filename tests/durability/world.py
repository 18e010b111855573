"""The books, and workers in processes of their own, beside a server."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.house.checkout import ROOT
from tests.live.played_model import PlayedModel
from tests.live.runs import PATIENCE, Runs, eventually


@dataclass
class Workers:
    """Starts worker processes, by task queue."""

    nursery: asyncio.subprocess.Process
    ready: dict[str, "asyncio.Future[int]"] = field(default_factory=dict)

    async def start(self, queue: str, grace: float = 5) -> int:
        """The process id of a new worker that has begun to work."""
        self.ready[queue] = asyncio.get_running_loop().create_future()
        assert self.nursery.stdin is not None
        self.nursery.stdin.write(json.dumps({"queue": queue, "grace": grace}).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            return await self.ready[queue]

    async def listen(self) -> None:
        assert self.nursery.stdout is not None
        async for line in self.nursery.stdout:
            queue, _, pid = line.decode(errors="replace").strip().partition(" ")
            waiting = self.ready.get(queue)  # the SDK's core writes its warnings there too
            if waiting is not None and not waiting.done():  # nobody waits any more for one that was very slow
                waiting.set_result(int(pid))


@dataclass(frozen=True)
class World:
    runs: Runs
    workers: Workers
    models: PlayedModel

    def on(self, queue: str) -> Runs:
        return Runs(self.runs.client, queue, self.runs.store)


@asynccontextmanager
async def process_of(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.durability.{module}", *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def listening_to(workers: Workers) -> AsyncIterator[None]:
    listening = asyncio.create_task(workers.listen())
    try:
        yield
    finally:
        listening.cancel()


async def gone(pid: int) -> None:
    """Wait until a process has ended."""

    async def look() -> bool | None:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return None

    await eventually(look)
