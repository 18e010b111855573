"""A run that nobody carries out at the moment: looking at it, and answering it.

Whoever only looks moves nothing: the history is replayed here. Whoever answers wants the run to hear of it, which takes
a worker.
"""

import asyncio
import shlex
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from interpreter.cli.remembered import people_of, recall_whose_worker
from interpreter.cli.target import Target
from interpreter.client.client import Client
from interpreter.client.errors import AnswerKept, ClientError, NoWorker
from interpreter.client.listing import RunSummary
from interpreter.client.run import Look, Run
from interpreter.client.waiting import is_polled
from interpreter.encryption.errors import EncryptionError

QUICKLY = timedelta(seconds=1)
ASKED_AT_ONCE = 10


@asynccontextmanager
async def asked_directly(client: Client, target: Target, run: Run) -> AsyncIterator[str]:
    """See to it that the run can take an answer. Gives what people must know where nothing works on it, else nothing.

    Only a worker can answer for a run. On the embedded server there is none while no `dsl run` is under way: then one
    stands in that takes no calls, so the run decides on the answer, and does nothing outside.
    """
    if await works(run):
        yield ""
        return
    async with _in_its_place(client, target, run), telling_the_way_on(run, target):
        yield await nobody_works(run, target)


@asynccontextmanager
async def telling_the_way_on(run: Run, target: Target) -> AsyncIterator[None]:
    """What cannot be done without a worker is said together with how to get one."""
    try:
        yield
    except AnswerKept as error:  # it says so, as far as a client knows which server this is
        raise AnswerKept(f"{error}{target.as_typed}") from error
    except NoWorker as error:
        raise NoWorker(f"{error}; {await _way_on(run, target)}") from error


@asynccontextmanager
async def _in_its_place(client: Client, target: Target, run: Run) -> AsyncIterator[None]:
    if not target.is_embedded:
        yield
        return
    # A worker takes a while to load, and is seldom needed here.
    from interpreter.cli.working import standing_in

    people = people_of(target.folder, run.id)
    async with standing_in(client, (await run.describe()).task_queue, people):
        yield


async def looked_at(run: Run, target: Target) -> tuple[Run, str]:
    """The run, to be asked how it stands, and what people must know where nothing works on it, else nothing."""
    if await works(run):
        return run, ""
    return told_here(run), await nobody_works(run, target)


def told_here(run: Run) -> Run:
    """The run, and those below it, told of from their histories."""
    return replace(run, look=_look)


async def _look(run: Run) -> Look:
    # A replay takes a while to load, and is seldom needed.
    from interpreter.worker.looking import Unreadable, look

    try:
        return await look(run.temporal, run.store, run.handle)
    except Unreadable as error:
        raise NoWorker(f"the run {run.id} cannot be asked: nothing works on its task queue, and {error}") from error


async def nobody_works(run: Run, target: Target) -> str:
    """And what to do."""
    return f"nothing works on this run; {await _way_on(run, target)}"


async def _way_on(run: Run, target: Target) -> str:
    queue = shlex.quote((await run.describe()).task_queue)
    if can_be_attached(run.id, target):
        return f"carry it on with: dsl attach {shlex.quote(run.id)}{target.as_typed}"
    return f"start a worker: dsl worker --task-queue {queue} --tools MODULE{target.as_typed}"


def can_be_attached(id: str, target: Target) -> bool:
    """Whether `dsl attach` carries the run on: what was submitted it only follows, as it does not know its tools."""
    return target.is_embedded and recall_whose_worker(target.folder, id) is not None


async def deserted(client: Client, runs: Iterable[RunSummary]) -> set[str]:
    """The task queues of these runs at which nobody works: one run of each is asked, a few at a time."""
    first = {summary.task_queue: summary for summary in runs}
    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def works_there(queue: str, id: str) -> bool:
        async with few:
            try:
                return await is_polled(client.temporal, queue) and await works(client.run(id))
            except EncryptionError:  # somebody answers, for those who have the key
                return True

    answers = await asyncio.gather(*(works_there(queue, summary.id) for queue, summary in first.items()))
    return {queue for queue, answer in zip(first, answers, strict=True) if not answer}


async def works(run: Run) -> bool:
    """Whether a worker answers for the run: now, or with a reason why not."""
    try:
        await run.state(sys.maxsize, QUICKLY)
    except NoWorker:
        return False
    except ClientError:  # told by the command itself, when it asks
        return True
    return True
