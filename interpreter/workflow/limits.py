"""What one workflow task and one execution may carry. Past the server's own limits it ends the run, or the task fails
for ever without a word; so what does not fit waits, or fails with a kind of its own.

Other numbers here would give other commands when a run under way is replayed: changing one needs a patch.
"""

import asyncio
import json
from datetime import timedelta
from typing import Any

from temporalio import workflow

from interpreter.workflow.moments import Moments
from interpreter.workflow.patches import COUNTS_SIGNALS, COUNTS_UPDATES, SHORTER_EXECUTIONS

ONE_MOMENT = timedelta(milliseconds=1)
"""A timer of it makes another workflow task."""
MOST_IN_FLIGHT = 1_000
"""Activities at once, and children at once; the server refuses more than 2,000 and would hold the whole run up."""
MOST_BYTES_PER_TASK = 1_500_000
"""Arguments sent in one workflow task; over 4 MB the server ends the run."""
LARGEST_PAYLOAD = 1_900_000
"""Bytes of one argument or result; over 2 MB the task fails."""
LARGEST_STATE = 1_000_000
"""Bytes of a state that travels in the input of the next execution."""
SOFT_EVENTS = 2_500
"""After so many a run continues as new where it can: a worker that takes it up has replayed them in about a second."""
HARD_EVENTS = 15_000
HARD_BYTES = 20_000_000
HARD_UPDATES = 1_500
HARD_SIGNALS = 8_000
"""Past these nothing new is started until the run can continue as new. The server takes 2,000 updates of one execution,
and 10,000 signals."""


LOCAL_RESULT = 64 * 1024
"""Bytes that the result of local work may have; what is larger goes to the store."""
LOCAL_BEGIN, LOCAL_WORK = 0.3, 0.4
"""Parts of the workflow task's timeout: until when local work may begin in it, and how long it may take."""


class Room:
    """How much of the current workflow task is left: bytes that go out with it, and time for local work; and whether
    anything is left of this execution.

    Past four fifths of a task's timeout the SDK completes it although local work is under way, and goes on in another
    task. A replay takes the two for one, so whatever came between them gets another time than it had, and a run that
    decides by time goes another way. So local work ends before that, always: it begins early in a task, and does not
    take long (`local.py`). The clock of a workflow moves on with the end of each local activity, in a replay as it did.
    """

    def __init__(self, moments: Moments) -> None:
        self._moments = moments
        self._bytes = 0
        self._length = -1
        self._next: asyncio.Task[None] | None = None
        self._updates = 0
        self._signals = 0
        self._full = False

    @property
    def left(self) -> bool:
        self._look()
        return self._bytes < MOST_BYTES_PER_TASK

    @property
    def left_for_local(self) -> bool:
        return self.left and workflow.time() - self._moments.began < LOCAL_BEGIN * _task_seconds()

    async def for_local(self) -> None:
        """Wait for a workflow task in which local work may begin: the one before may have taken most of this one."""
        while not self.left_for_local:
            await asyncio.shield(self.next_task())

    async def for_sending(self, size: int) -> None:
        """Wait for a workflow task that has room, and take so much of it."""
        while not self.left:
            await asyncio.shield(self.next_task())
        self.take(size)

    def next_task(self) -> asyncio.Task[None]:
        """The timer that makes it: one for all who wait."""
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(_a_moment())
        return self._next

    @property
    def is_full(self) -> bool:
        """Whether nothing new may be started in this execution."""
        return self._full or over_hard_limit()

    def take_update(self) -> None:
        """Another one has come. Counted here, because Temporal does not say how many there were."""
        self._updates += 1
        if self._updates > HARD_UPDATES and not self._full:
            self._full = workflow.patched(COUNTS_UPDATES)

    def take_signal(self) -> None:
        """Another one has come, counted for the same reason."""
        self._signals += 1
        if self._signals > HARD_SIGNALS and not self._full:
            self._full = workflow.patched(COUNTS_SIGNALS)

    def take(self, size: int) -> None:
        """Also of what is given back: less than nothing."""
        self._look()
        self._bytes += size

    def _look(self) -> None:
        length = workflow.info().get_current_history_length()
        if length != self._length:
            self._length, self._bytes = length, 0


async def _a_moment() -> None:
    await workflow.sleep(ONE_MOMENT, summary="more to do")


def local_work_at_most() -> timedelta:
    return timedelta(seconds=LOCAL_WORK * _task_seconds())


def _task_seconds() -> float:
    return workflow.info().task_timeout.total_seconds()


def size_of(value: Any) -> int:
    """The bytes of `value` as JSON; dataclasses count as their fields."""
    return len(json.dumps(value, default=vars, ensure_ascii=False).encode())


def too_large(size: int) -> str:
    return f"its arguments have {size:,} bytes of JSON; at most {LARGEST_PAYLOAD:,} can travel"


def over_soft_limit() -> bool:
    info = workflow.info()
    if info.is_continue_as_new_suggested():
        return True
    return info.get_current_history_length() > SOFT_EVENTS and workflow.patched(SHORTER_EXECUTIONS)


def over_hard_limit() -> bool:
    info = workflow.info()
    return info.get_current_history_length() > HARD_EVENTS or info.get_current_history_size() > HARD_BYTES
