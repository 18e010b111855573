"""The threads of sync tools, and an account of those that outlive their call.

A thread cannot be ended from outside, so a call past its timeout keeps its thread. Such a thread must not take the
place of another call: it is counted apart, for each tool, and there may be as many of them as the worker has slots.
Then calls of *that* tool are refused, as never made, until some of its threads have come back; other tools go on.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from interpreter.activities.function import Outcome

SLOTS = 100
"""Calls at once, unless the worker says otherwise."""
_MOST = 4
"""All threads, overdue ones too, as a multiple of the slots."""

log = logging.getLogger("steadflow.tools")


class NoFreeThread(Exception):
    """The call was not made: calls of this worker that ran past their timeout hold what threads it may have."""


class ToolThreads:
    def __init__(self, slots: int = SLOTS) -> None:
        self.slots = slots
        self._pool = ThreadPoolExecutor(_MOST * slots, "steadflow-tool")
        self._lock = threading.Lock()
        self._running = 0
        self._overdue: Counter[str] = Counter()

    def begin(self, tool: str, work: Callable[[], Outcome]) -> "Future[Outcome]":
        """`work` in a thread, at once. Raises `NoFreeThread`."""
        context = copy_context()
        with self._lock:
            held = self._overdue[tool]
            if held >= self.slots or self._running >= _MOST * self.slots:
                raise NoFreeThread(self._told(tool))
            self._running += 1
        try:
            begun = self._pool.submit(context.run, work)
        except RuntimeError as error:  # the operating system has no thread left
            self._ended()
            raise NoFreeThread(f"no thread can be started: {error}") from error
        begun.add_done_callback(self._ended)
        return begun

    def left_behind(self, tool: str, work: "Future[Outcome]", show: Callable[[int], None]) -> None:
        """Nobody waits for `work` any more. `show` is told how many threads the tool holds so, now and later."""
        self._count(tool, 1, show)
        work.add_done_callback(lambda _: self._count(tool, -1, show))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _count(self, tool: str, change: int, show: Callable[[int], None]) -> None:
        with self._lock:
            self._overdue[tool] += change
            held = self._overdue[tool]
        show(held)
        if change > 0 and (held & (held - 1) == 0 or held == self.slots):  # 1, 2, 4, 8, …: not a line for each
            log.warning("%s", self._told(tool))
        elif change < 0 and not held:
            log.warning("all calls of `%s` that ran past their timeout have ended", tool)

    def _told(self, tool: str) -> str:
        held = self._overdue[tool]
        text = f"{held} {'call' if held == 1 else 'calls'} of `{tool}` still at work past the timeout"
        if held < self.slots:
            return f"{text}, each in a thread; at {self.slots} the tool is not called any more"
        return f"{text}: it is not called until some of them have ended"

    def _ended(self, _: "Future[Outcome] | None" = None) -> None:
        with self._lock:
            self._running -= 1
