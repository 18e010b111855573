"""Following a run: the state query, asked again and again with the number of the last note seen.

Notes are numbered over continue-as-new, so nothing is lost or told twice when a run goes on under another execution.
While no worker answers there is nothing new; `Run.missing_workers` and `Client.runs(stuck=True)` say why.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus

from interpreter.boundary.view import Note
from interpreter.client.errors import NoWorker, RunStuck

if TYPE_CHECKING:
    from interpreter.client.run import Run

FASTEST, SLOWEST = 0.05, 0.8
"""Seconds between two looks: right after something happened, and when nothing has for a while."""


async def follow(run: "Run", after: int) -> AsyncIterator[Note]:
    pause = FASTEST
    while True:
        # Looked at first: when it was over before we asked, the answer holds the last note there will be.
        is_over = (await run.describe()).status != WorkflowExecutionStatus.RUNNING
        try:
            notes = (await run.state(after)).notes
        except (NoWorker, RunStuck):
            notes = []
        for note in notes:
            after = note.number
            yield note
        if is_over:
            return
        pause = FASTEST if notes else min(SLOWEST, pause * 1.5)
        await asyncio.sleep(pause)
