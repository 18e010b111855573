"""Following a run: the state query, asked now and then with the number of the last note seen, until the run is over.

Notes are numbered over continue-as-new, so nothing is lost or told twice when a run goes on under another execution.
Its end is waited for by the server's long poll: nothing is asked again and again whether it is there yet. While no
worker answers there is nothing new; `Run.missing_workers` and `Client.runs(stuck=True)` say why.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from interpreter.boundary.view import Note, RunView
from interpreter.client.ending import ending
from interpreter.client.errors import NoWorker, RunStuck
from interpreter.client.writing import Watch, Writing

if TYPE_CHECKING:
    from interpreter.client.run import Run

Seen = Callable[[RunView], None]
"""Told of each look: notes say what happened, a view also how it stands, as what is left of each budget."""

FIRST, FASTEST, SLOWEST = 0.1, 0.25, 0.8
"""Seconds until the first look, and between two: right after something happened, and when nothing has for a while. A
look costs the worker about as much as a step does; a run that is over before the first is never asked.
"""
LOOKING_ON = 0.4
"""The longest between two looks where somebody reads along."""
AGAIN = 0.1
LAST_LOOK = timedelta(seconds=10)
"""A run that is over is replayed from its beginning to answer: a long one takes seconds."""
LAST_CHANCE = 5.0
"""Seconds in which the last look is tried again: a run that has just ended may not be able to answer at once."""


async def follow(
    run: "Run", after: int, seen: Seen | None = None, *, tokens: bool = False
) -> AsyncIterator[Note | Writing]:
    """With `tokens` also what models are writing, as far as it is heard of."""
    await run.describe()  # there is such a run
    watch = Watch(run.temporal)
    end = asyncio.create_task(ending(run))
    pause = FIRST
    try:
        while True:
            await asyncio.wait([end], timeout=pause)
            # Looked at first: when it was over before we asked, the answer holds the last note there will be.
            is_over = end.done()
            notes = await (_last_notes(run, after, end.result()) if is_over else _notes(run, after, seen))
            for note in notes:
                after = note.number
                yield note
            if is_over:
                return
            if tokens:
                async for writing in watch.news(await run.describe()):
                    yield writing
            pause = FASTEST if notes else min(LOOKING_ON if tokens else SLOWEST, pause * 1.5)
    finally:
        end.cancel()


async def _notes(run: "Run", after: int, seen: Seen | None) -> list[Note]:
    try:
        view = await run.asked_how_it_stands(after)
    except (NoWorker, RunStuck):
        return []
    if seen is not None:
        seen(view)
    return view.notes


async def _last_notes(run: "Run", after: int, kept: RunView | None) -> list[Note]:
    """From what was kept at the end; one that kept too little is asked, which replays it."""
    if kept is not None and kept.notes and kept.notes[0].number <= after + 1:
        return [note for note in kept.notes if note.number > after]
    until = time.monotonic() + LAST_CHANCE
    while True:
        try:
            return (await run.asked_how_it_stands(after, LAST_LOOK)).notes
        except (NoWorker, RunStuck):
            if time.monotonic() > until:
                return []
        await asyncio.sleep(AGAIN)
