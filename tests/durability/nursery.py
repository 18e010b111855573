"""Brings up worker processes fast: it has loaded everything, and forks one for each line that it reads.

A line is JSON: `{"queue": …, "grace": seconds}`. A worker says `QUEUE PID` when work can come. When the input ends,
all workers are killed.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

from temporalio.client import Client

from interpreter.stores.directory import DirectoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.running import run_worker
from interpreter.worker.settings import RECOMMENDED
from tests.durability.emitting import SENDING
from tests.durability.tools import TOOLS


async def work(address: str, store: str, order: dict[str, Any]) -> None:
    RECOMMENDED["sticky_queue_schedule_to_start_timeout"] = timedelta(seconds=1)
    RECOMMENDED["graceful_shutdown_timeout"] = timedelta(seconds=order["grace"])
    client = await Client.connect(address)
    plugin = FlowPlugin(TOOLS, flows=[SENDING], store=DirectoryStore(store))
    announcement = f"{order['queue']} {os.getpid()}\n".encode()
    await run_worker(client, order["queue"], plugin, ready=lambda: os.write(1, announcement) and None)


def main(address: str, store: str) -> None:
    import_module("interpreter.providers.openai")
    living: set[int] = set()

    def reap(*_: object) -> None:
        """Take note of the dead at once: their numbers may be given to others."""
        while True:
            try:
                dead, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if dead == 0:
                return
            living.discard(dead)

    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asyncio.run(work(address, store, json.loads(line)))
            os._exit(0)
        living.add(pid)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    reap()
    for pid in living:
        with suppress(ProcessLookupError):  # it was gone before it was noted
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
