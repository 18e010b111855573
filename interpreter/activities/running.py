"""Running a tool's function: sync ones in a thread, async ones directly, and what a cancel means for each.

A thread cannot be stopped from outside. So a cancelled call waits for its thread, which sees `current().cancelled`:
nothing may be undone while it still acts. Only a worker that is shutting down leaves it behind.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from temporalio import activity

from interpreter.activities.context import ToolContext

Function = Callable[..., Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a thread ended. An exception is handed over as a value: `StopIteration` or `SystemExit` breaks the loop."""

    value: Any = None
    error: BaseException | None = None


async def run_function(
    function: Function, arguments: dict[str, Any], call: ToolContext, threads: Executor | None
) -> Any:
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
        return await function(**arguments)
    result = await _in_thread(function, arguments, call, threads)
    return await result if inspect.isawaitable(result) else result


async def _in_thread(function: Function, arguments: dict[str, Any], call: ToolContext, threads: Executor | None) -> Any:
    loop = asyncio.get_running_loop()
    context = copy_context()
    work = loop.run_in_executor(threads, lambda: context.run(_outcome, function, arguments))
    try:
        outcome = await asyncio.shield(work)
    except asyncio.CancelledError:
        call.stop()
        outcome = await _left(work)
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def _outcome(function: Function, arguments: dict[str, Any]) -> _Outcome:
    try:
        return _Outcome(function(**arguments))
    except BaseException as error:  # noqa: BLE001 - handed over, see _Outcome
        return _Outcome(error=error)


async def _left(work: "asyncio.Future[_Outcome]") -> _Outcome:
    """How the thread ends after a cancel; a worker that stops does not wait for that."""
    stopping = asyncio.ensure_future(activity.wait_for_worker_shutdown())
    either: list[asyncio.Future[Any]] = [work, stopping]
    await undisturbed(asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED))
    stopping.cancel()
    return work.result() if work.done() else _Outcome(error=asyncio.CancelledError())


async def undisturbed(awaitable: Awaitable[T]) -> T:
    """What `awaitable` gives, however often the waiting is cancelled meanwhile."""
    task = asyncio.ensure_future(awaitable)
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    return task.result()
