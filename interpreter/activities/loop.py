"""The event loop of async tools: one for all of a worker's, in a thread of its own.

A tool that blocks (`time.sleep`, a request without `await`) stops the loop that it runs in. That must not be the
worker's, which sends the heartbeats and decides for every run. Here it stops other async tools at most, and a watch
that runs beside it says which tool it is. Code that keeps the lock of the interpreter (some extensions in C do) stops
all threads, heartbeats and the watch too: that can only be said afterwards, with the tools that were under way.
"""

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextvars import Context, copy_context
from typing import Any
from weakref import WeakKeyDictionary

from interpreter.activities.function import FunctionCall, NotBegun, Outcome
from interpreter.activities.wording import file_of, place

LOOK_EVERY = 0.5
BLOCKED_AFTER = 1.0
"""Seconds without a turn of the loop before the tool that has it is named."""

MOST_NAMED = 20
"""Calls that have ended of late."""

LAST_TURN = 1.0
"""Seconds that tasks have to end in when the worker has stopped."""

log = logging.getLogger("steadflow.tools")


class ToolLoop:
    """Starts with the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="steadflow-tool-loop", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name="steadflow-tool-watch", daemon=True)
        self._closed = threading.Event()
        self._calls: WeakKeyDictionary[asyncio.Task[Any], FunctionCall] = WeakKeyDictionary()
        self._ended: deque[str] = deque(maxlen=MOST_NAMED)
        """Tools whose calls have ended since the watch looked last: one of them may have kept it from looking."""

    def begin(self, call: FunctionCall) -> "RunningTask":
        loop = self._started()
        running = RunningTask(loop, call)
        context = copy_context()
        running.future.add_done_callback(lambda _: self._ended.append(call.tool))
        loop.call_soon_threadsafe(running.start, context, self._calls)
        return running

    def close(self) -> None:
        self._closed.set()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_task_factory(self._task)
                self._thread.start()
                self._watcher.start()
            return self._loop

    def _task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> "asyncio.Task[Any]":
        """A task that a tool makes belongs to its call."""
        task = asyncio.Task(coroutine, loop=loop, **more)
        parent = asyncio.current_task(loop)
        if parent is not None and parent in self._calls:
            self._calls[task] = self._calls[parent]
        return task

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        while not self._closed.is_set():
            try:
                self._loop.run_forever()
            except (KeyboardInterrupt, SystemExit) as error:  # of a task that a tool made and does not wait for
                log.warning("a task of a tool ended with %s; the other tools go on", type(error).__name__)
        for task in (left := asyncio.all_tasks(self._loop)):
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=LAST_TURN))
        self._watcher.join()  # it still asks for turns
        self._loop.close()

    # -- the watch

    def _watch(self) -> None:
        """Ask the loop for a turn again and again; say who has it when it does not come."""
        assert self._loop is not None
        while True:
            self._ended.clear()
            before, began = self._under_way(), time.monotonic()
            if self._closed.wait(LOOK_EVERY):
                return
            turn, asked = threading.Event(), time.monotonic()
            self._say_if_late(asked - began - LOOK_EVERY, before)
            self._loop.call_soon_threadsafe(turn.set)
            if turn.wait(BLOCKED_AFTER):
                self._say_if_late(time.monotonic() - asked, before)
                continue
            told = self._who(self._loop)
            log.warning("%s has blocked the loop of the async tools for %.1f s: %s", told, BLOCKED_AFTER, _ADVICE)
            while not turn.wait(LOOK_EVERY) and not self._closed.is_set():
                pass
            log.warning("%s blocked the loop of the async tools for %.1f s", told, time.monotonic() - asked)

    def _say_if_late(self, late: float, before: set[str]) -> None:
        """Who wakes much later than it should was kept from it, as all others were."""
        if late > BLOCKED_AFTER:
            tools = before | self._under_way() | set(self._ended.copy())
            told = ", ".join(f"`{tool}`" for tool in sorted(tools)) or "nothing of ours"
            log.warning(
                "all threads stood still for %.1f s, heartbeats too, while %s ran: %s", late, told, _STOOD_STILL
            )

    def _under_way(self) -> set[str]:
        return {call.tool for call in list(self._calls.values())}

    def _who(self, loop: asyncio.AbstractEventLoop) -> str:
        task = asyncio.current_task(loop)
        call = self._calls.get(task) if task is not None else None
        if call is None:
            return "something"
        frame = sys._current_frames().get(self._thread.ident or 0)
        file = file_of(call.function)
        while frame is not None and frame.f_code.co_filename != file:
            frame = frame.f_back
        where = f" ({place(frame, frame.f_lineno)})" if frame is not None else ""
        return f"`{call.tool}`{where}"


_ADVICE = "other async tools wait. Blocking code belongs in a `def` tool, or in `asyncio.to_thread`"
_STOOD_STILL = "code that keeps Python's lock belongs in a process of its own"


class RunningTask:
    """One call in the loop; `future` can be waited for anywhere, `cancel` called from anywhere."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: FunctionCall) -> None:
        self.future: Future[Outcome] = Future()
        self.future.set_running_or_notify_cancel()  # so that whoever stops waiting for it does not cancel it
        self._loop = loop
        self._call = call
        self._task: asyncio.Task[None] | None = None

    def start(self, context: Context, calls: "WeakKeyDictionary[asyncio.Task[Any], FunctionCall]") -> None:
        self._task = self._loop.create_task(self._ended(), context=context)
        calls[self._task] = self._call
        self._task.add_done_callback(self._done)

    def cancel(self) -> None:
        self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _ended(self) -> None:
        """Told within the turn in which the function ends."""
        self.future.set_result(await self._call.in_loop())

    def _done(self, task: "asyncio.Task[None]") -> None:
        """A task that was cancelled before its first turn has not begun its function."""
        if not self.future.done():
            self.future.set_result(Outcome(error=NotBegun()))
