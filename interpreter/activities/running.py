"""Running a tool's function, and for how long its end is waited for.

Sync functions run in threads, async ones in the tools' loop; the worker's own loop runs neither, so nothing that a tool
does holds up heartbeats or runs. Neither can be ended from outside: a thread sees `current().cancelled`, a coroutine
gets `CancelledError`, and either may go on. So a cancelled call is waited for, since nothing may be undone while it
still acts, until

- its time is over: the server has stopped waiting too, and has told the run that nobody knows. Leaving a little later
  than the server lets *its* timeout stand in history.
- the worker stops: it cannot wait for what does not end.

What is left behind is at work still, and its key says so (`at_work`) until it has really ended.
"""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from temporalio import activity

from interpreter.activities.at_work import AT_WORK
from interpreter.activities.function import LAST_CHANCE, FunctionCall, Outcome
from interpreter.activities.loop import ToolLoop
from interpreter.activities.threads import SLOTS, ToolThreads

LOOK_EVERY = 0.1
OVERDUE_METRIC = "steadflow_tool_threads_overdue"

T = TypeVar("T")


class LeftBehind(Exception):
    """The function did not end while anybody could wait for it: it is at work still. `told`: the log says so."""

    def __init__(self, *, told: bool) -> None:
        super().__init__()
        self.told = told


@dataclass(frozen=True)
class _Work:
    """A function under way: what its end is read from, and how it is told to stop."""

    future: "Future[Outcome]"
    stop: Callable[[], None]
    in_thread: bool


class ToolRunner:
    """Where the tools of one worker run."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._threads = ToolThreads(slots)
        self._loop = ToolLoop()
        self._looking = ThreadPoolExecutor(slots, "steadflow-looking")

    async def run(self, call: FunctionCall) -> Outcome:
        """How the function ended. Raises `LeftBehind`, and `NoFreeThread` when it was not called."""
        with AT_WORK.while_entered(call.context.key):
            outcome = await self._ended(call, self._begun(call))
            if not inspect.isawaitable(outcome.value):
                return outcome
            rest = replace(call, function=_awaited, arguments={"awaitable": outcome.value})
            return await self._ended(rest, self._begun(rest))

    async def looked_at(self, work: Callable[[], T], seconds: float | None) -> T:
        """What `work` gives. It looks at objects of the author's, whose code can take as long as a function: validators
        of arguments, properties of results, texts of exceptions. Raises `LeftBehind` after so many seconds.
        """
        looking = asyncio.get_running_loop().run_in_executor(self._looking, copy_context().run, work)
        await asyncio.wait([looking], timeout=seconds)
        if not looking.done():
            raise LeftBehind(told=False)
        return looking.result()

    def close(self) -> None:
        self._threads.close()
        self._loop.close()
        self._looking.shutdown(wait=False, cancel_futures=True)

    def _begun(self, call: FunctionCall) -> _Work:
        work = self._in_loop(call) if call.is_async else self._in_thread(call)
        AT_WORK.enter(call.context.key)
        work.future.add_done_callback(lambda _: AT_WORK.leave(call.context.key))
        return work

    def _in_thread(self, call: FunctionCall) -> _Work:
        return _Work(self._threads.begin(call.tool, call.in_thread), call.context.stop, in_thread=True)

    def _in_loop(self, call: FunctionCall) -> _Work:
        task = self._loop.begin(call)

        def stop() -> None:
            call.context.stop()
            task.cancel()

        return _Work(task.future, stop, in_thread=False)

    async def _ended(self, call: FunctionCall, work: _Work) -> Outcome:
        ended = _End(work.future)
        try:
            await ended.within(call.seconds_left())
        except asyncio.CancelledError:
            work.stop()
            await undisturbed(_until_nobody_waits(ended, call))
        if not ended.done():
            work.stop()
            await undisturbed(ended.within(LAST_CHANCE))
        if ended.done():
            return ended.outcome()
        overdue_thread = work.in_thread and call.seconds_left() == 0.0
        if overdue_thread:
            self._threads.left_behind(call.tool, work.future, _gauge(call.tool))
        raise LeftBehind(told=overdue_thread)


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    """The rest of a function that is called like any other, and answers with what is to be awaited."""
    return await awaitable


async def _until_nobody_waits(ended: "_End", call: FunctionCall) -> None:
    while not ended.done() and call.seconds_left() != 0.0 and not activity.is_worker_shutdown():
        await ended.within(LOOK_EVERY)


class _End:
    """The end of what runs in another thread, to be waited for here. As `asyncio.wait` of `asyncio.wrap_future`, in one
    turn of the loop instead of three: a quick read is over in less time than these take.
    """

    def __init__(self, future: "Future[Outcome]") -> None:
        self._future = future
        self._loop = asyncio.get_running_loop()
        self._woken: asyncio.Future[None] = self._loop.create_future()
        future.add_done_callback(self._from_there)

    def done(self) -> bool:
        return self._future.done()

    def outcome(self) -> Outcome:
        return self._future.result()

    async def within(self, seconds: float | None) -> None:
        """Wait for it, so many seconds at most."""
        timer = None if seconds is None else self._loop.call_later(seconds, self._wake)
        try:
            await self._woken
        finally:
            if timer is not None:
                timer.cancel()
            if not self.done():
                self._woken = self._loop.create_future()

    def _from_there(self, _: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if not self._woken.done():
            self._woken.set_result(None)


def _gauge(tool: str) -> Callable[[int], None]:
    gauge = activity.metric_meter().create_gauge(
        OVERDUE_METRIC, "Threads that calls of a tool hold past their timeout", "threads"
    )
    return lambda held: gauge.set(held, {"tool": tool})


async def undisturbed(awaitable: Awaitable[T]) -> T:
    """What `awaitable` gives, however often the waiting is cancelled meanwhile."""
    task = asyncio.ensure_future(awaitable)
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    return task.result()
