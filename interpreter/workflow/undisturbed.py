"""What is finished although a cancel comes in the meantime: what follows it is over, so the cancel changes nothing."""

import asyncio
from typing import Any


async def undisturbed(work: Any) -> Any:
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
    return task.result()
