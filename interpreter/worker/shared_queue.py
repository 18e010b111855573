"""A task queue that no worker has for itself: who asks for what is done there works on it from then on.

Books of caps and locks are for all runs, whatever queue those are on, so they outlast each worker that has begun them.
Whoever waits for one works for it itself, and none waits for somebody who is not there. Workers of one process that
have one connection work there together, as the SDK takes one worker for each queue; it ends with the last of them.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from weakref import WeakKeyDictionary

from temporalio.client import Client
from temporalio.service import ServiceClient
from temporalio.worker import Worker

from interpreter.worker.settings import RECOMMENDED


class _Place:
    """Where `users` work together."""

    def __init__(self) -> None:
        self.users = 0
        self._stack = AsyncExitStack()
        self._starting: asyncio.Task[None] | None = None

    async def work(self, client: Client, queue: str, does: dict[str, Any]) -> None:
        failed = self._starting is not None and self._starting.done() and self._starting.exception() is not None
        if self._starting is None or failed:
            worker = Worker(client, task_queue=queue, **does, **RECOMMENDED)
            self._starting = asyncio.ensure_future(self._started(worker))
        await asyncio.shield(self._starting)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _started(self, worker: Worker) -> None:
        await self._stack.enter_async_context(worker)


_PLACES: WeakKeyDictionary[ServiceClient, dict[tuple[str, str], _Place]] = WeakKeyDictionary()


class SharedQueue:
    """Of one worker. `does` are the workflows and activities that a `Worker` takes."""

    def __init__(self, client: Client, queue: str, **does: Any) -> None:
        self._client, self._queue, self._does = client, queue, does
        self._place: _Place | None = None

    async def work(self) -> None:
        """From now on, where it does not already."""
        if self._place is None:
            self._place = self._places.setdefault(self._key, _Place())
            self._place.users += 1
        await self._place.work(self._client, self._queue, self._does)

    async def close(self) -> None:
        place, self._place = self._place, None
        if place is None:
            return
        place.users -= 1
        if place.users == 0:
            del self._places[self._key]
            await place.close()

    @property
    def _key(self) -> tuple[str, str]:
        return self._client.namespace, self._queue

    @property
    def _places(self) -> dict[tuple[str, str], _Place]:
        return _PLACES.setdefault(self._client.service_client, {})
