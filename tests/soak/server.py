"""A Temporal server of a round: a process on a database file, killed and started again on the same file and port."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from interpreter.server.command import ADDRESS, find_binary, server_command
from interpreter.server.record import choose_port

PATIENCE = 40.0


@dataclass
class Server:
    folder: Path
    port: int = field(default_factory=lambda: choose_port(None))
    ui_port: int = field(default_factory=lambda: choose_port(None))
    _process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"{ADDRESS}:{self.port}"

    async def start(self) -> None:
        """Until it can be connected to."""
        command = server_command(find_binary(), self.folder / "temporal.db", self.port, self.ui_port)
        log = os.open(self.folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        finally:
            os.close(log)
        await connected(self.address)

    async def kill(self) -> None:
        """As `kill -9` does, and wait until it has let go of the file."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def connected(address: str) -> Client:
    """As soon as somebody listens there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await Client.connect(address)
            except RuntimeError:  # temporalio raises it when nobody listens yet
                await asyncio.sleep(0.05)
