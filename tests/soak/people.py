"""People answer some of the questions that are open, sometimes no, sometimes when they may not."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

from temporalio.service import RPCError

from interpreter.client.errors import ClientError
from interpreter.client.run import Run
from tests.live.runs import LiveRun, Runs

PEOPLE = ("ann", "bob", "cem", "requester")
GROUPS = ("leads", "board")
EVERY = 0.4
"""Seconds between two looks."""


async def answer_some(live: dict[int, LiveRun], asking: Sequence[int], runs: Runs, chance: random.Random) -> None:
    """Until it is cancelled. `asking` are the numbers of the runs that may have a question."""
    while True:
        await asyncio.sleep(EVERY)
        for number in asking:
            if number in live and chance.random() < 0.5:
                with suppress(ClientError, RPCError, TimeoutError):  # it has ended, or the server is away
                    async with asyncio.timeout(3):
                        await _answer(Run(live[number].id, runs.client, runs.store), chance)


async def _answer(run: Run, chance: random.Random) -> None:
    for asked in await run.asked():
        decision = "approve" if chance.random() < 0.8 else "reject"
        by, group = chance.choice(PEOPLE), chance.choice(GROUPS)
        await asked.run.answer(asked.question, decision, by=by, group=group)
