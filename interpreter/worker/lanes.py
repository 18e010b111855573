"""Lanes: the task queue of each provider that takes so many requests a second.

The server hands out no more of its calls a second than that, to all workers together, so a thousand runs that ask at
once wait their turn there, and no run waits in a worker. All who poll a lane say the same rate, or the latest to say
one counts.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

from dsl.models.providers import Served
from interpreter.boundary.names import lane
from interpreter.worker.settings import RECOMMENDED


@asynccontextmanager
async def working_lanes(
    client: Client, served: Sequence[Served], chat: Callable[..., Any], interceptors: Sequence[Interceptor]
) -> AsyncIterator[None]:
    """Ask the models of these providers, one after the other, while the block lasts."""
    async with AsyncExitStack() as stack:
        for each in served:
            worker = Worker(
                client,
                task_queue=lane(each.name),
                activities=[chat],
                interceptors=interceptors,
                max_task_queue_activities_per_second=each.requests_per_second,
                **RECOMMENDED,
            )
            await stack.enter_async_context(worker)
        yield
