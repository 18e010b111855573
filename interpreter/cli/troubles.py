"""Why a run, or a run below it, does not go on, said once while somebody waits for it."""

import asyncio
import re
from collections.abc import Callable

from interpreter.client.errors import ClientError
from interpreter.client.listing import lacking, stuck_below, why_stuck
from interpreter.client.run import Run

LOOK_EVERY = 2.0
_COUNT = re.compile(r"\d+ times")


async def say_troubles(run: Run, say: Callable[[str], None]) -> None:
    """Look again and again, until it is cancelled; how often a task has failed makes no new trouble."""
    said: set[str] = set()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        for line in await _troubles(run):
            known = _COUNT.sub("", line)
            if known not in said:
                said.add(known)
                say(line)


async def _troubles(run: Run) -> list[str]:
    try:
        own = await why_stuck(run.temporal, run) or lacking(await (await run.describe()).memo())
        below = await stuck_below(run)
    except ClientError:  # how the run ended is told by its result
        return []
    lines = [f"{run.id} is stuck: {own}"] if own is not None else []
    return lines + [f"{child.id}, which it waits for, is stuck: {child.stuck}" for child in below]
