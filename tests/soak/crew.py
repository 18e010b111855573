"""The workers of a round, as many as there should be: whoever ends is replaced, unless all are to stay away."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.house.checkout import ROOT

CREW = 2
Listener = Callable[[str, str], None]


class Registry:
    """The nursery's process, shared by all rounds: orders go in, and what it says goes to whom it is about."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.listeners: dict[str, Listener] = {}

    def order(self, **what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, name = line.decode().split()
            listener = self.listeners.get(name.rsplit("/", 1)[0])
            if listener is not None:
                listener(word, name)


@asynccontextmanager
async def nursery() -> AsyncIterator[Registry]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.soak.nursery"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    registry = Registry(process)
    listening = asyncio.create_task(registry.listen())
    try:
        yield registry
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


@dataclass
class Crew:
    """`living` are the workers by name, with whether each is ready; `wanted` is how many there should be; `lost` counts
    those that were ready and ended before the round did.
    """

    registry: Registry
    name: str
    address: str
    folder: Path
    queue: str
    living: dict[str, bool] = field(default_factory=dict)
    wanted: int = 0
    started: int = 0
    lost: int = 0
    over: bool = False
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    def come(self, wanted: int = CREW) -> None:
        self.registry.listeners[self.name] = self._hear
        self.wanted = wanted
        self._fill()

    def kill(self, index: int, number: int = signal.SIGKILL) -> None:
        if self.living:
            name = sorted(self.living)[index % len(self.living)]
            self.registry.order(kill=name, signal=int(number))

    def leave(self) -> None:
        """All are killed, and nobody comes until they are called."""
        self.wanted = 0
        for name in self.living:
            self.registry.order(kill=name, signal=int(signal.SIGKILL))

    async def gone(self) -> None:
        self.over = True
        self.leave()
        if self.living:
            await self.empty.wait()
        del self.registry.listeners[self.name]

    def _fill(self) -> None:
        while len(self.living) < self.wanted:
            self.started += 1
            name = f"{self.name}/{self.started}"
            self.living[name] = False
            self.registry.order(
                start=name,
                address=self.address,
                bank=str(self.folder / "bank.db"),
                store=str(self.folder / "objects"),
                log=str(self.folder / "workers.log"),
                queue=self.queue,
                grace=1,
            )

    def _hear(self, word: str, name: str) -> None:
        if word == "ready":
            self.living[name] = True
            return
        self.lost += self.living.pop(name, False) and not self.over
        if self.over and not self.living:
            self.empty.set()
        asyncio.get_running_loop().call_later(0.1, self._fill)
