"""A worker as a process: it runs until it is told to stop, and then lets what runs come to its end."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.worker.plugin import FlowPlugin

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def run_worker(
    client: Client, task_queue: str, plugin: FlowPlugin, *, ready: Callable[[], None] = lambda: None
) -> None:
    """Work until SIGINT or SIGTERM. A second signal ends the process at once. `ready` is called when work can come."""
    stop = asyncio.Event()
    worker = Worker(client, task_queue=task_queue, plugins=[plugin])
    with _on_signal(stop.set):
        async with worker:
            ready()
            await stop.wait()


@contextmanager
def _on_signal(action: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def once() -> None:
        release()
        action()

    def release() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, once)
    try:
        yield
    finally:
        release()
