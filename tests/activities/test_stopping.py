"""Cancels and stopping workers: who hears of it, what is waited for, and what then goes on record."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.activities.tool import tool_activity
from interpreter.boundary.failures import UNDECLARED
from interpreter.boundary.told import Told, heard
from interpreter.worker.tools import tool, tool_of
from tests.activities.runner import RUNNER

CANCEL = ActivityCancellationDetails(cancel_requested=True)
SHUTDOWN = ActivityCancellationDetails(worker_shutdown=True)


class Bench:
    """One call under way. Its function sets `began` when it runs, and in a thread waits for `may_end`."""

    def __init__(self, function: Callable[["Bench"], Callable[..., Any]]) -> None:
        self.environment = ActivityEnvironment()
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.ended = False
        activity = tool_activity(tool_of(tool(function(self))), lambda *_: True, RUNNER)
        self.call = asyncio.ensure_future(self.environment.run(activity, {}))

    async def stop(self, details: ActivityCancellationDetails) -> None:
        await asyncio.to_thread(self.began.wait, 5)
        if details.worker_shutdown:
            self.environment.worker_shutdown()
        self.environment.cancel(details)


def sleeping(bench: Bench) -> Callable[..., Any]:
    async def sleep() -> None:
        bench.began.set()
        await asyncio.sleep(60)

    return sleep


async def test_a_cancel_reaches_an_async_function_and_goes_on_record_as_a_cancel() -> None:
    bench = Bench(sleeping)
    await bench.stop(CANCEL)
    with pytest.raises(asyncio.CancelledError):
        await bench.call


async def test_a_worker_that_stops_leaves_the_outcome_unknown() -> None:
    bench = Bench(sleeping)
    await bench.stop(SHUTDOWN)
    with pytest.raises(ApplicationError) as caught:
        await bench.call
    assert heard(caught.value.type) == Told(UNDECLARED)
    assert caught.value.message == "the worker stopped"


@pytest.mark.parametrize("details", [CANCEL, SHUTDOWN], ids=["cancel", "shutdown"])
async def test_an_async_function_that_ends_well_all_the_same_has_succeeded(
    details: ActivityCancellationDetails,
) -> None:
    def finishing(bench: Bench) -> Callable[..., Any]:
        async def finish() -> str:
            bench.began.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                return "done before it was too late"
            return "never"

        return finish

    bench = Bench(finishing)
    await bench.stop(details)
    assert await bench.call == "done before it was too late"


async def test_an_error_declared_during_a_cancel_still_promises_that_nothing_happened() -> None:
    def giving_up(bench: Bench) -> Callable[..., Any]:
        async def give_up() -> None:
            bench.began.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                raise ToolError("NotBooked", "stopped in time") from None

        return give_up

    bench = Bench(giving_up)
    await bench.stop(CANCEL)
    with pytest.raises(ApplicationError) as caught:
        await bench.call
    assert caught.value.type == "NotBooked"


def looking(bench: Bench) -> Callable[..., Any]:
    def look() -> str:
        bench.began.set()
        call = current()
        while not call.cancelled:
            bench.may_end.wait(0.01)
        bench.ended = True
        return "left early"

    return look


async def test_a_function_in_a_thread_sees_the_cancel_and_its_end_is_waited_for() -> None:
    bench = Bench(looking)
    await bench.stop(CANCEL)
    assert await bench.call == "left early"
    assert bench.ended


def deaf(bench: Bench) -> Callable[..., Any]:
    def ignore() -> str:
        bench.began.set()
        bench.may_end.wait(10)
        return "took no notice"

    return ignore


async def test_a_thread_that_takes_no_notice_is_waited_for_since_it_still_acts() -> None:
    bench = Bench(deaf)
    await bench.stop(CANCEL)
    await asyncio.sleep(0.05)
    assert not bench.call.done()
    bench.may_end.set()
    assert await bench.call == "took no notice"


async def test_a_worker_that_stops_does_not_wait_for_a_thread() -> None:
    bench = Bench(deaf)
    await bench.stop(SHUTDOWN)
    with pytest.raises(ApplicationError) as caught:
        await bench.call
    assert heard(caught.value.type) == Told(UNDECLARED, at_work=True)
    bench.may_end.set()
