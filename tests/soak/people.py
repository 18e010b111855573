"""People answer some of the questions that are open, sometimes no, sometimes with another proposal, sometimes when they
may not; and they say something to agents. Others look on: a run that is asked how it stands goes on as it would.
"""

import asyncio
import random
import re
from collections.abc import Sequence
from contextlib import suppress

from temporalio.service import RPCError

from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.client.errors import ClientError, TellRefused
from interpreter.client.run import Run
from tests.live.runs import LiveRun, Runs

PEOPLE = ("ann", "bob", "cem", "requester")
GROUPS = ("leads", "board")
EVERY = 0.4
"""Seconds between two looks."""
ASKS = re.compile(r"await approval|= (act|boss)\(|step (act|boss)\(")
"""What runs have that ask, or that hear what they are told."""


async def attend(live: dict[int, LiveRun], attended: Sequence[int], runs: Runs, chance: random.Random) -> None:
    """Until it is cancelled. `attended` are the numbers of the runs that may have a question, or an agent."""
    while True:
        await asyncio.sleep(EVERY)
        for number in attended:
            if number in live and chance.random() < 0.5:
                with suppress(ClientError, RPCError, TimeoutError):  # it has ended, or the server is away
                    async with asyncio.timeout(3):
                        await _attend(Run(live[number].id, runs.client, runs.store), chance)


async def look_on(live: dict[int, LiveRun], runs: Runs, chance: random.Random) -> None:
    """Until it is cancelled: also while a run is at work in a workflow task."""
    while True:
        await asyncio.sleep(EVERY / 8)
        if live:
            with suppress(ClientError, RPCError, TimeoutError):  # no worker, or no server, or it has ended
                async with asyncio.timeout(3):
                    await Run(live[chance.choice(sorted(live))].id, runs.client, runs.store).state()


async def _attend(run: Run, chance: random.Random) -> None:
    if chance.random() < 0.2:
        with suppress(TellRefused):  # no agent is under way, or several
            await run.tell("Sure?", by=chance.choice(PEOPLE))
    for asked in await run.asked():
        decision = "approve" if chance.random() < 0.8 else "reject"
        by, group = chance.choice(PEOPLE), chance.choice(GROUPS)
        edited = _edited(asked.question, chance) if decision == "approve" else None
        await asked.run.answer(asked.question, decision, by=by, group=group, answer=edited)


def _edited(question: QuestionView, chance: random.Random) -> JSON:
    """Other arguments than those that an agent proposes for a call."""
    if not isinstance(question.proposal, dict) or chance.random() < 0.6:
        return None
    return {name: f"edited{chance.randint(0, 9)}" for name in question.proposal}
