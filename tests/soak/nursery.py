"""Brings up worker processes fast and ends them: it has loaded everything, and forks one for each order that it reads.

An order is a line of JSON: `{"start": NAME, …}` or `{"kill": NAME, "signal": 9}`. It says `ready NAME`, by the worker
itself, when work can come, and `gone NAME` when one has ended. It ends only children of its own that it has not yet
waited for, so no other process can be hit. When the input ends, all are killed.
"""

import asyncio
import json
import os
import select
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from interpreter.stores.directory import DirectoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.running import run_worker
from interpreter.worker.settings import RECOMMENDED
from tests.soak.server import connected
from tests.soak.tools import BANK, TOOLS, MoodyProvider

POLL = 0.05


SAYS = 100
"""Where it speaks: the SDK writes its own log to what others may take for that, the standard output."""


def say(word: str, name: str) -> None:
    os.write(SAYS, f"{word} {name}\n".encode())


async def work(order: dict[str, Any]) -> None:
    os.environ[BANK] = order["bank"]
    RECOMMENDED["sticky_queue_schedule_to_start_timeout"] = timedelta(seconds=1)
    RECOMMENDED["graceful_shutdown_timeout"] = timedelta(seconds=order["grace"])
    client = await connected(order["address"])
    plugin = FlowPlugin(TOOLS, store=DirectoryStore(order["store"]), provider=MoodyProvider())
    await run_worker(client, order["queue"], plugin, ready=lambda: say("ready", order["start"]))


def fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        code = 1
        try:
            asyncio.run(work(order))
            code = 0
        finally:
            os._exit(code)
    return pid


class Nursery:
    def __init__(self) -> None:
        self.living: dict[str, int] = {}

    def carry_out(self, order: dict[str, Any]) -> None:
        if "start" in order:
            self.living[order["start"]] = fork(order)
        elif order["kill"] in self.living:
            os.kill(self.living[order["kill"]], order["signal"])

    def bury(self) -> None:
        for name, pid in list(self.living.items()):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del self.living[name]
                say("gone", name)

    def end(self) -> None:
        for pid in self.living.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def orders(nursery: Nursery) -> Iterator[dict[str, Any]]:
    """Read without a buffer of Python's, which `select` would not know of; the dead are looked for meanwhile."""
    left = b""
    while True:
        nursery.bury()
        if not select.select([0], [], [], POLL)[0]:
            continue
        read = os.read(0, 65536)
        if not read:
            return
        *lines, left = (left + read).split(b"\n")
        yield from map(json.loads, lines)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us, and then ends the input
    os.dup2(1, SAYS)
    os.dup2(2, 1)
    nursery = Nursery()
    try:
        for order in orders(nursery):
            nursery.carry_out(order)
    finally:
        nursery.end()


if __name__ == "__main__":
    main()
