"""Signs of life while an activity works, also while it blocks a thread; a cancel reaches it with the answer to one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio import activity

UNASKED_SECONDS = 5.0
"""Without a declared heartbeat: only so that a cancel arrives."""


@asynccontextmanager
async def heartbeating(beat: Callable[[], None] = activity.heartbeat) -> AsyncIterator[None]:
    """Heartbeat at a third of the heartbeat timeout for as long as the block runs."""
    info = activity.info()
    if info.is_local:
        yield
        return
    timeout = info.heartbeat_timeout
    beating = asyncio.create_task(_beating(beat, timeout.total_seconds() / 3 if timeout else UNASKED_SECONDS))
    try:
        yield
    finally:
        beating.cancel()


async def _beating(beat: Callable[[], None], interval: float) -> None:
    while True:
        await asyncio.sleep(interval)
        beat()
