"""Use the server of a state folder, starting it when none is there."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from interpreter.server import keeper, locks
from interpreter.server.command import find_binary
from interpreter.server.folder import StateFolder
from interpreter.server.record import ServerRecord, read_record
from interpreter.server.setup import keep_closed_runs, register_attributes

NAMESPACE = "default"
RETENTION = timedelta(days=90)
START_SECONDS = 30


class ServerFailed(Exception):
    """The embedded server did not come up."""


class UnusableFolder(Exception):
    """There can be no state folder at this place, or nothing can be written into it."""


@dataclass(frozen=True)
class Embedded:
    """A server that answers for as long as the `async with` lasts."""

    address: str
    namespace: str
    ui_url: str
    folder: StateFolder


@asynccontextmanager
async def embedded(folder: StateFolder) -> AsyncIterator[Embedded]:
    """The server of `folder`, shared with every other command that uses it now."""
    users = _open(folder)
    try:
        await asyncio.to_thread(locks.lock_shared, users)
        record = await _find_or_start(folder)
        yield Embedded(record.address, NAMESPACE, record.ui_url, folder)
    finally:
        os.close(users)


def _open(folder: StateFolder) -> int:
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        return locks.open_lock(folder.users_lock)
    except FileExistsError as error:
        raise UnusableFolder(f"{folder.root} cannot be a state folder: it is a file") from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UnusableFolder(f"{folder.root} cannot be a state folder: {why}") from error


async def _find_or_start(folder: StateFolder) -> ServerRecord:
    starting = locks.open_lock(folder.start_lock)
    try:
        await asyncio.to_thread(locks.lock_exclusive, starting)
        said_before = folder.log.stat().st_size if folder.log.exists() else 0
        try:
            return await _answering(folder)
        except ServerFailed as error:
            raise ServerFailed(f"{error}{_tail(folder.log, said_before)}") from error
    finally:
        os.close(starting)


async def _answering(folder: StateFolder) -> ServerRecord:
    """Wait until the server answers and is set up, with a keeper of our own when no other lives."""
    deadline = time.monotonic() + START_SECONDS
    started: int | None = None
    reason = "it does not answer"
    while time.monotonic() < deadline:
        if not locks.is_held(folder.keeper_lock):
            if started is not None:
                raise ServerFailed("the embedded Temporal server ended at once")
            started = await asyncio.to_thread(_start_keeper, folder)
        record = read_record(folder.server)
        if record is not None and started in (None, record.keeper):  # not that of an earlier life
            try:
                await _set_up(record)
            except (RuntimeError, RPCError) as error:  # temporalio raises RuntimeError when nobody listens yet
                reason = str(error)
            else:
                return record
        await asyncio.sleep(0.03)
    raise ServerFailed(f"the embedded Temporal server did not start within {START_SECONDS} s: {reason}")


async def _set_up(record: ServerRecord) -> None:
    client = await Client.connect(record.address, namespace=NAMESPACE)
    await register_attributes(client)
    await keep_closed_runs(client, RETENTION)


def _start_keeper(folder: StateFolder) -> int:
    """The process id of the keeper. It holds its lock by the time this returns."""
    find_binary()  # refuses here, where the user sees it
    source_root = str(Path(keeper.__file__).parents[2])
    paths = [source_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with folder.log.open("ab") as log:
        announced = subprocess.run(
            [sys.executable, "-P", "-m", keeper.__name__, str(folder.root)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            cwd=folder.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            check=False,
        )
    if announced.returncode != 0:
        raise ServerFailed("the process that keeps the embedded Temporal server could not start")
    return int(announced.stdout)


def _tail(log: Path, skip: int) -> str:
    """What the server had to say, since `skip`."""
    said = log.read_bytes()[skip:].decode(errors="replace").strip().splitlines()[-5:]
    return "".join(f"\n  {line}" for line in dict.fromkeys(said))
