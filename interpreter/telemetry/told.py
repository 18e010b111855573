"""What runs on a worker tell of what has ended, on its way to metrics and spans: once, and only what is so.

A workflow task may be done twice: when its worker dies, or when something came in just as it ended, so that the server
threw it away. What a task tells is therefore held for a moment. A task that is done again begins to count where that
one did, and what it tells takes the place of what was held. A replay of what is in the history tells nothing. What is
left: a worker that dies takes with it what it held, and a task that two workers did is told by both, in the same words
and under the same ids.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from temporalio import workflow

from interpreter.boundary.names import FIRST_RUN_HEADER, path_of_child
from interpreter.core.traces import Trace

logger = logging.getLogger(__name__)

HELD_SECONDS = 1.0
EVERY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """A run, by the id of its first execution too. `parent` is the run that started it, by the same two, with the path
    of the step that did.
    """

    workflow_id: str
    first_run: str
    parent: tuple[str, str, str] | None = None


Tell = Callable[[RunIdentity, Trace], None]
Held = tuple[float, RunIdentity, Trace]
"""What is told, and when, by the monotonic clock."""


class Told:
    """`take` is called by the thread of a workflow, while it is at work."""

    def __init__(self, tell: Iterable[Tell] = (), seconds: float = HELD_SECONDS) -> None:
        self._tell = list(tell)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: dict[str, dict[int, Held]] = {}

    def also_tell(self, tell: Tell) -> None:
        self._tell.append(tell)

    def take(self, number: int, trace: Trace) -> None:
        """The one of that number, of the execution that is at work here."""
        if not self._tell or workflow.unsafe.is_replaying():
            return
        info = workflow.info()
        self.hold(info.run_id, number, run_identity(info), trace)

    def hold(self, execution: str, number: int, run: RunIdentity, trace: Trace) -> None:
        with self._lock:
            held = self._held.setdefault(execution, {})
            while held and next(reversed(held)) >= number:
                held.popitem()
            held[number] = (time.monotonic() + self._seconds, run, trace)

    async def keep_telling(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            self.tell_what_is_due()

    def tell_what_is_due(self, *, everything: bool = False) -> None:
        now = time.monotonic()
        with self._lock:
            told = [one for held in self._held.values() for one in _taken(held, None if everything else now)]
            self._held = {execution: held for execution, held in self._held.items() if held}
        for _, run, trace in told:
            for tell in self._tell:
                tell(run, trace)


def _taken(held: dict[int, Held], now: float | None) -> list[Held]:
    """Those that are due, or all: they come in the order of their numbers, and so of their time."""
    due = [number for number, (at, _, _) in held.items() if now is None or at <= now]
    return [held.pop(number) for number in due]


def run_identity(info: workflow.Info) -> RunIdentity:
    return RunIdentity(info.workflow_id, info.first_execution_run_id, _parent(info))


def _parent(info: workflow.Info) -> tuple[str, str, str] | None:
    if info.parent is None:
        return None
    path = path_of_child(info.workflow_id, info.parent.workflow_id)
    header = info.headers.get(FIRST_RUN_HEADER)
    first = header.data.decode() if header is not None else info.parent.run_id
    return None if path is None else (info.parent.workflow_id, first, path)
