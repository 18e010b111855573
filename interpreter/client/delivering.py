"""Give a run something until it is known whether it has it."""

import asyncio
import random
import shlex
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.move import Move
from interpreter.boundary.names import UNPROCESSED
from interpreter.boundary.payloads import Answer
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.client.errors import ClientError
from interpreter.client.explaining import explained, is_full

T = TypeVar("T")
DELIVERY_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0)
"""Seconds between tries of what came while the run was continuing as new."""
BUSY_WAITS = (0.1, 0.2, 0.5, *(1.0 for _ in range(40)))
"""Seconds between tries while the server takes no more for this run: it has ten updates of one under way, at most."""
_MISSED_BY_CONTINUING = "unexpected workflow task failure"
"""The server's words when the workflow task that had the update was thrown away."""
_ABORTED = "workflow update was aborted"
"""The server's words when it gave up waiting for room among the updates of a run."""
_BUSY = (RPCStatusCode.ABORTED, RPCStatusCode.RESOURCE_EXHAUSTED)


MOST_AT_ONCE = 8
"""Of this process, for one run: the server refuses the eleventh, and gives up others when many wait for room."""
_ROOMS: WeakValueDictionary[tuple[int, str], asyncio.Semaphore] = WeakValueDictionary()


def _room(run: str) -> asyncio.Semaphore:
    key = id(asyncio.get_running_loop()), run
    room = _ROOMS.get(key)
    if room is None:
        room = _ROOMS[key] = asyncio.Semaphore(MOST_AT_ONCE)
    return room


def was_missed(error: RPCError | WorkflowUpdateFailedError) -> bool:
    """Whether the run has not heard of what was given, and would if it were given again."""
    if isinstance(error, RPCError):
        return _MISSED_BY_CONTINUING in error.message
    return isinstance(error.cause, ApplicationError) and error.cause.type == UNPROCESSED


async def until_taken(run: str, give: Callable[[], Awaitable[T]]) -> T:
    """What `give` comes to, which may be given again: again while the run is just continuing as new, and while many
    give it something at a time, not all of them at once.
    """
    waits, busy = list(DELIVERY_WAITS), list(BUSY_WAITS)
    room = _room(run)
    while waits and busy:
        try:
            async with room:
                return await give()
        except WorkflowUpdateFailedError as error:
            if not was_missed(error):
                raise
            wait = waits.pop(0)
        except RPCError as error:
            missed = was_missed(error)
            full = is_full(error)
            if not missed and not full and error.status not in _BUSY and _ABORTED not in error.message:
                raise explained(run, error) from error
            wait = (waits if missed else busy).pop(0)
            if full and not busy:
                raise explained(run, error) from error
        await asyncio.sleep(wait * random.uniform(0.5, 1.5))
    raise ClientError(f"the run {run} took nothing, again and again; try again later")


def kept_words(run: str, queue: str, given: Answer | Tell | Send | Move) -> str:
    """What is true of what no worker has taken yet. Seen on server 1.32: it counts when one comes, and is gone when the
    server was started anew before.
    """
    is_signed = isinstance(given, Answer) and given.signature is not None
    until = "in time, and within five minutes because it is signed" if is_signed else "in time"
    what = "the answer" if isinstance(given, Answer) else _WHAT[type(given)]
    return (
        f"nothing works on the run {run}; the server keeps {what}, and it counts when a worker takes it up {until}, "
        f"unless the server is started anew before: dsl worker --task-queue {shlex.quote(queue)} --tools MODULE"
    )


_WHAT: dict[type, str] = {Send: "the event", Tell: "what is told", Move: "the move"}
