"""Where functions run: threads that outlive their call, a loop that a tool blocks, keys of calls that are at work."""

import asyncio
import ctypes
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from interpreter.activities import function, running
from interpreter.activities.at_work import AT_WORK
from interpreter.activities.context import current
from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.running import ToolRunner
from interpreter.activities.tool import tool_activity
from interpreter.boundary.failures import NOT_CALLED, STILL_RUNNING, TIMED_OUT, UNDECLARED, WORKER_BUSY
from interpreter.boundary.told import Told, heard
from interpreter.worker.tools import tool, tool_of
from tests.live.runs import eventually

SLOTS = 3


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LAST_CHANCE", 0.05)
    monkeypatch.setattr(function, "LAST_CHANCE", 0.05)


@pytest.fixture
async def runner() -> AsyncIterator[ToolRunner]:
    one = ToolRunner(SLOTS)
    yield one
    one.close()


class Hanging:
    """A tool whose calls end when they are let go, past their timeout or not."""

    def __init__(self, name: str = "t.hang") -> None:
        self.let_go = threading.Event()
        self.begun = 0

        @tool(name)
        def hang() -> str:
            self.begun += 1
            self.let_go.wait(20)
            return "late"

        self.tool = hang


async def called(
    function: Callable[..., Any], runner: ToolRunner, *, seconds: float = 0.1, headers: CallHeaders | None = None
) -> Any:
    """What a call answers with; an error as what is heard of it."""
    environment = ActivityEnvironment()
    changed = {"start_to_close_timeout": timedelta(seconds=seconds)}
    environment.info = type(environment.info)(**(vars(environment.info) | changed))
    HEADERS.set(headers or CallHeaders())
    try:
        return await environment.run(tool_activity(tool_of(function), lambda *_: True, runner), {})
    except ApplicationError as error:
        return heard(error.type)


async def true(condition: Callable[[], bool]) -> None:
    async def look() -> bool | None:
        return condition() or None

    await eventually(look)


async def test_timed_out_tools_keep_their_slots(runner: ToolRunner, caplog: pytest.LogCaptureFixture) -> None:
    """A thread past its timeout is counted apart: others go on, and only its own tool is refused in the end."""
    hanging = Hanging()

    @tool("t.quick")
    def quick() -> int:
        return 1

    left = await asyncio.gather(*(called(hanging.tool, runner) for _ in range(SLOTS)))
    assert left == [Told(TIMED_OUT, at_work=True)] * SLOTS
    assert await called(hanging.tool, runner) == Told(WORKER_BUSY)
    assert hanging.begun == SLOTS
    assert [await called(quick, runner, seconds=5) for _ in range(2 * SLOTS)] == [1] * 2 * SLOTS
    assert "3 calls of `t.hang` still at work past the timeout: it is not called until" in caplog.text
    hanging.let_go.set()
    await true(lambda: "all calls of `t.hang` that ran past their timeout have ended" in caplog.text)
    assert await called(hanging.tool, runner, seconds=5) == "late"


async def test_many_tools_that_hang_together_are_bounded_too(runner: ToolRunner) -> None:
    hanging = [Hanging(f"t.hang{i}") for i in range(6)]
    ends = [await asyncio.gather(*(called(one.tool, runner) for _ in range(SLOTS))) for one in hanging]
    begun = sum(one.begun for one in hanging)
    assert begun == 4 * SLOTS
    assert ends[-1] == [Told(WORKER_BUSY)] * SLOTS
    for one in hanging:
        one.let_go.set()


async def test_a_metric_says_how_many_threads_each_tool_holds(
    runner: ToolRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, int]] = []
    monkeypatch.setattr(running, "_gauge", lambda tool: lambda held: shown.append((tool, held)))
    hanging = Hanging()
    await asyncio.gather(called(hanging.tool, runner), called(hanging.tool, runner))
    hanging.let_go.set()
    await true(lambda: len(shown) == 4)
    assert [held for _, held in shown] == [1, 2, 1, 0]


async def test_what_ended_too_late_but_was_told_to_has_ended(runner: ToolRunner) -> None:
    @tool
    async def sleeps() -> None:
        await asyncio.sleep(30)

    assert await called(sleeps, runner) == Told(TIMED_OUT)


async def test_an_async_tool_that_does_not_listen_is_left_behind(runner: ToolRunner) -> None:
    ended = threading.Event()

    @tool
    async def deaf() -> None:
        while not ended.is_set():
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue

    headers = CallHeaders(key="deaf")
    assert await called(deaf, runner, headers=headers) == Told(TIMED_OUT, at_work=True)
    assert "deaf" in AT_WORK
    ended.set()
    await true(lambda: "deaf" not in AT_WORK)


async def test_a_call_whose_turn_comes_too_late_does_not_begin(runner: ToolRunner) -> None:
    """The loop is blocked for longer than the second call has: nobody may hear of it any more, so it must not act."""
    begun = []

    @tool
    async def blocks() -> None:
        await asyncio.to_thread(lambda: None)
        time.sleep(0.5)  # noqa: ASYNC251

    @tool
    async def acts() -> None:
        begun.append(current().key)

    first = asyncio.create_task(called(blocks, runner, seconds=5))
    await asyncio.sleep(0.1)
    second = await called(acts, runner, seconds=0.1)
    assert second in (Told(TIMED_OUT, at_work=True), Told(NOT_CALLED))
    assert await first is None
    await called(acts, runner, seconds=5, headers=CallHeaders(key="third"))
    assert begun == ["third"]


async def test_an_async_tool_that_blocks(runner: ToolRunner, caplog: pytest.LogCaptureFixture) -> None:
    """It is named with its place, and the loop of the worker goes on."""

    async def inner() -> None:
        time.sleep(1.8)  # noqa: ASYNC251

    @tool("shop.order")
    async def order() -> str:
        await asyncio.gather(inner())
        return "o-1"

    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.02)
            turns += 1

    beside = asyncio.create_task(turning())
    assert await called(order, runner, seconds=10) == "o-1"
    beside.cancel()
    assert turns > 20
    line = f"test_running.py:{inner.__code__.co_firstlineno + 1}, in inner"
    await true(lambda: f"`shop.order` ({line}) blocked the loop of the async tools for" in caplog.text)
    assert f"`shop.order` ({line}) has blocked the loop of the async tools for 1.0 s" in caplog.text


@pytest.mark.slow
async def test_a_tool_that_keeps_pythons_lock_is_named_afterwards(
    runner: ToolRunner, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing can be done about it while it lasts: no thread runs, so no heartbeat goes out."""
    with_the_lock = ctypes.PyDLL(None)

    @tool("shop.crunch")
    async def crunch() -> str:
        await asyncio.sleep(0.1)
        with_the_lock.usleep(2_500_000)
        return "done"

    assert await called(crunch, runner, seconds=10) == "done"
    await true(
        lambda: "heartbeats too, while `shop.crunch` ran" in caplog.text
    )  # other watches of this process say it too
    assert "all threads stood still for" in caplog.text


async def test_a_task_that_a_tool_leaves_behind_cannot_end_the_loop(runner: ToolRunner) -> None:
    @tool
    async def careless() -> int:
        async def leaves() -> None:
            raise SystemExit(3)

        asyncio.create_task(leaves())  # noqa: RUF006 - that is what it is about
        await asyncio.sleep(0.01)
        return 1

    assert await called(careless, runner, seconds=5) == 1
    assert await called(careless, runner, seconds=5) == 1


async def test_a_key_is_at_work_until_its_function_has_ended(runner: ToolRunner) -> None:
    hanging = Hanging()
    headers = CallHeaders(key="run/main/pay")
    asking = CallHeaders(key="run/main/pay/verify", verifies="run/main/pay")
    asked = []

    @tool
    def find() -> str:
        asked.append(current().key)
        return "found"

    call = asyncio.create_task(called(hanging.tool, runner, seconds=0.2, headers=headers))
    await true(lambda: hanging.begun == 1)
    other = ToolRunner()
    assert await called(find, other, headers=asking, seconds=5) == Told(STILL_RUNNING)
    assert await call == Told(TIMED_OUT, at_work=True)
    assert await called(find, other, headers=asking, seconds=5) == Told(STILL_RUNNING)
    assert asked == []
    hanging.let_go.set()
    await true(lambda: "run/main/pay" not in AT_WORK)
    assert await called(find, other, headers=asking, seconds=5) == "found"
    other.close()


async def test_one_of_two_attempts_with_a_key_keeps_it(runner: ToolRunner) -> None:
    first, second = Hanging(), Hanging()
    headers = CallHeaders(key="twice")
    calls: list[Awaitable[Any]] = [
        asyncio.create_task(called(one.tool, runner, seconds=5, headers=headers)) for one in (first, second)
    ]
    await true(lambda: first.begun + second.begun == 2)
    first.let_go.set()
    await calls[0]
    assert "twice" in AT_WORK
    second.let_go.set()
    await calls[1]
    await true(lambda: "twice" not in AT_WORK)


async def test_a_call_that_was_refused_is_not_at_work(runner: ToolRunner) -> None:
    @tool
    def broken() -> None:
        raise ValueError

    assert await called(broken, runner, headers=CallHeaders(key="broken")) == Told(UNDECLARED)
    await true(lambda: "broken" not in AT_WORK)


class Slow:
    """Looking at it takes a while, as it does with what a library reads when it is asked for."""

    def __init__(self, *_: object) -> None:
        self.let_go = threading.Event()

    def text(self) -> str:
        self.let_go.wait(5)
        return "slow"


async def test_looking_at_what_an_author_made_never_holds_up_the_workers_loop(runner: ToolRunner) -> None:
    """Texts of exceptions, parts of results and validators of arguments are code of the author's, like the function."""
    slow = Slow()

    class Error(Exception):
        def __str__(self) -> str:
            return slow.text()

    class Fields(dict[str, int]):
        def items(self) -> Any:
            slow.text()
            return super().items()

    @tool("t.fails")
    def fails() -> str:
        raise Error

    @tool("t.answers")
    def answers() -> Any:
        return Fields(a=1)

    for one, expected in ((fails, Told(UNDECLARED)), (answers, {"a": 1})):
        slow.let_go.clear()
        calling = asyncio.create_task(called(one, runner, seconds=30))
        turns = 0
        while turns < 10:  # a loop that is held up has no turn until the text is there
            await asyncio.sleep(0.01)
            turns += 1
        assert not calling.done()
        slow.let_go.set()
        assert await calling == expected


async def test_who_looks_for_too_long_is_left_behind(runner: ToolRunner) -> None:
    slow = Slow()

    class Error(Exception):
        def __str__(self) -> str:
            return slow.text()

    @tool("t.fails")
    def fails() -> str:
        raise Error

    assert await called(fails, runner, seconds=0.1) == Told(TIMED_OUT, at_work=True)
    slow.let_go.set()
