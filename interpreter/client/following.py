"""Following a run: the state query, asked now and then with the number of the last note seen, until the run is over.

Notes are numbered over continue-as-new, so nothing is lost or told twice when a run goes on under another execution.
Its end is waited for by the server's long poll: nothing is asked again and again whether it is there yet. While no
worker answers there is nothing new; `Run.missing_workers` and `Client.runs(stuck=True)` say why.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from interpreter.boundary.view import Note
from interpreter.client.errors import ClientError, NoWorker, RunStuck

if TYPE_CHECKING:
    from interpreter.client.run import Run

FASTEST, SLOWEST = 0.1, 0.8
"""Seconds between two looks: right after something happened, and when nothing has for a while. A look costs the worker
about as much as a step does.
"""
LAST_LOOK = timedelta(seconds=10)
"""A run that is over is replayed from its beginning to answer: a long one takes seconds."""
LAST_CHANCE = 5.0
"""Seconds in which the last look is tried again: a run that has just ended may not be able to answer at once."""


async def follow(run: "Run", after: int) -> AsyncIterator[Note]:
    await run.describe()  # there is such a run
    end = asyncio.create_task(_end_of(run))
    pause = FASTEST
    try:
        while True:
            # Looked at first: when it was over before we asked, the answer holds the last note there will be.
            is_over = end.done()
            notes = await (_last_notes(run, after) if is_over else _notes(run, after))
            for note in notes:
                after = note.number
                yield note
            if is_over:
                end.result()
                return
            pause = FASTEST if notes else min(SLOWEST, pause * 1.5)
            await asyncio.wait([end], timeout=pause)
    finally:
        end.cancel()


async def _notes(run: "Run", after: int) -> list[Note]:
    try:
        return (await run.state(after)).notes
    except (NoWorker, RunStuck):
        return []


async def _last_notes(run: "Run", after: int) -> list[Note]:
    until = time.monotonic() + LAST_CHANCE
    while True:
        try:
            return (await run.state(after, LAST_LOOK)).notes
        except (NoWorker, RunStuck):
            if time.monotonic() > until:
                return []
        await asyncio.sleep(FASTEST)


async def _end_of(run: "Run") -> None:
    """Returns when the run is over, whichever way, under whichever execution."""
    try:
        await run.handle.result()
    except WorkflowFailureError:
        return
    except RPCError as error:
        raise ClientError(f"the server refused: {error.message}") from error
