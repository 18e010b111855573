"""What activities are made of: signs of life, keys that are at work, threads, what the log says."""

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.ast.expressions import Literal
from interpreter.activities import heartbeats, running, written
from interpreter.activities.at_work import Register
from interpreter.activities.context import ToolContext
from interpreter.activities.errors import ToolError
from interpreter.activities.function import Outcome
from interpreter.activities.heartbeats import UNASKED_SECONDS, heartbeating
from interpreter.activities.pause import pause
from interpreter.activities.requested import RequestFunction
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.telling import ToldAlready
from interpreter.activities.threads import NoFreeThread, ToolThreads
from interpreter.activities.written import Writing
from interpreter.boundary.failures import SERVER_UNAVAILABLE, TIMED_OUT, UNDECLARED
from interpreter.boundary.told import SDK_NOT_FOUND, told_by_worker
from interpreter.boundary.written import LONGEST_TAIL
from interpreter.http.sending import Progress
from interpreter.mcp.errors import Unusable

# -- what a model is writing, and signs of life


def test_what_is_written_is_told_twice_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    now, told = [100.0], list[Any]()
    monkeypatch.setattr(written.time, "monotonic", lambda: now[0])
    writing = Writing(lambda each: told.append(dict(each)))
    writing.heard("ab")
    writing.heard("c")
    assert told == [{"number": 1, "length": 2, "text": "ab"}]
    now[0] += written.EVERY_SECONDS - 0.01
    writing.heard("d")
    assert len(told) == 1
    now[0] += 0.01
    writing.heard("x" * LONGEST_TAIL)
    assert (told[-1]["number"], told[-1]["length"]) == (4, 4 + LONGEST_TAIL)
    assert told[-1]["text"] == "x" * LONGEST_TAIL
    writing.heard("y")
    writing.beat()
    assert told[-1]["text"] == "x" * (LONGEST_TAIL - 1) + "y"


@pytest.mark.parametrize(
    ("beat", "local", "paused"),
    [(timedelta(seconds=3), False, [1.0]), (None, False, [UNASKED_SECONDS]), (None, True, [])],
)
async def test_it_beats_at_a_third_of_its_timeout(
    monkeypatch: pytest.MonkeyPatch, beat: timedelta | None, local: bool, paused: list[float]
) -> None:
    seen, beats = list[float](), list[int]()
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        seen.append(seconds)
        await really(0.01 if len(seen) < 2 else 60)

    monkeypatch.setattr(heartbeats.asyncio, "sleep", sleep)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, heartbeat_timeout=beat, is_local=local)

    async def work() -> None:
        async with heartbeating(lambda: beats.append(1)):
            while not beats and not local:
                await really(0.001)

    await environment.run(work)
    assert seen == paused * 2
    assert beats == [1 for _ in paused]


async def test_a_breath_is_nothing() -> None:
    assert await ActivityEnvironment().run(pause) is None


# -- calls that are at work


def test_a_key_is_at_work_until_all_that_entered_have_left() -> None:
    register = Register()
    assert "a" not in register
    register.enter("a")
    with register.while_entered("a"):
        assert "a" in register
    assert "a" in register
    register.leave("a")
    assert "a" not in register
    assert not register._calls, "nothing is remembered of it"


def test_a_call_is_told_to_stop_and_says_its_key_to_others() -> None:
    context = ToolContext("run/1/ü", 1, "p", "w")
    assert context.headers == {"Idempotency-Key": "run/1/%C3%BC", "X-Client-Request-Id": "run/1/%C3%BC"}
    assert not context.cancelled
    context.stop()
    assert context.cancelled


class Gone(ToolError):
    pass


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ToolError("Gone", "it left"), "Gone", "it left"),
        (Gone("it left"), "Gone", "it left"),
        (Gone(), "Gone", "Gone"),
        (Gone("a", "b", "c"), "Gone", "a b c"),
        (ToolError("Gone", ""), "Gone", "Gone"),
    ],
)
def test_a_declared_error_has_a_kind_and_words(error: ToolError, kind: str, message: str) -> None:
    assert (error.kind, error.message, str(error), error.details) == (kind, message, message, None)


@pytest.mark.parametrize(
    ("done", "left", "stops", "waits"),
    [
        ([True], None, False, 0),
        ([False, False, True], None, False, 2),
        ([False, False, True], 5.0, False, 2),
        ([False], 0.0, False, 0),
        ([False], None, True, 0),
    ],
)
async def test_a_cancelled_call_is_waited_for_until_its_time_is_over_or_the_worker_stops(
    monkeypatch: pytest.MonkeyPatch, done: list[bool], left: float | None, stops: bool, waits: int
) -> None:
    waited = list[float | None]()

    class End:
        def done(self) -> bool:
            return done.pop(0) if len(done) > 1 else done[0]

        async def within(self, seconds: float | None) -> None:
            waited.append(seconds)

    monkeypatch.setattr(running.activity, "is_worker_shutdown", lambda: stops)
    call: Any = SimpleNamespace(seconds_left=lambda: left)
    await asyncio.wait_for(running._until_nobody_waits(cast(Any, End()), call), 5)
    assert waited == [running.LOOK_EVERY] * waits


@pytest.mark.parametrize("headers", [{"X-Key": "a\r\nb"}, {"X Key\n": "a"}, {"X-Key": "fine", "Y": "ü"}])
def test_a_credential_that_no_header_can_hold_is_none(headers: dict[str, str]) -> None:
    http: Any = SimpleNamespace(auth="desk", url=None)
    function = RequestFunction(cast(Any, None), http, {}, cast(Any, None), lambda _name: headers)
    with pytest.raises(Unusable, match="the credential `desk` has what no header can hold"):
        function._secrets()
    plain = RequestFunction(cast(Any, None), http, {}, cast(Any, None), lambda name: {"X-Key": name})
    assert plain._secrets() == {"X-Key": "desk"}
    without: Any = SimpleNamespace(auth=None, url=None)
    assert RequestFunction(cast(Any, None), without, {}, cast(Any, None), lambda _name: headers)._secrets() == {}


STOPPED, ASKED = ActivityCancellationDetails(worker_shutdown=True), ActivityCancellationDetails(cancel_requested=True)


@pytest.mark.parametrize(
    ("left", "details", "shutdown", "told"),
    [
        (False, None, False, (SERVER_UNAVAILABLE, "a.example was not reached in time", False)),
        (False, STOPPED, True, (SERVER_UNAVAILABLE, "a.example was not reached in time", False)),
        (True, None, False, (TIMED_OUT, "timed out; a.example may be at work still", True)),
        (True, None, True, (UNDECLARED, "the request was given up; a.example may be at work still", True)),
        (True, ASKED, False, (UNDECLARED, "the request was given up; a.example may be at work still", True)),
    ],
)
async def test_a_request_that_is_given_up_says_whether_it_left(
    left: bool, details: Any, shutdown: bool, told: tuple[str, str, bool]
) -> None:
    http: Any = SimpleNamespace(url=Literal("https://a.example/x"))
    function = RequestFunction(cast(Any, None), http, {}, cast(Any, None), cast(Any, None))
    environment = ActivityEnvironment()

    async def given_up() -> SaidByWorker:
        if shutdown:
            environment.worker_shutdown()
        if details is not None:
            environment.cancel(details)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(1)
        return function._given_up(Progress(left=left))

    found = await environment.run(given_up)
    assert (found.kind, found.message, found.at_work) == told


# -- threads


def test_threads_are_refused_when_all_are_taken_and_given_back() -> None:
    threads, go = ToolThreads(1), threading.Event()

    def work() -> Outcome:
        go.wait(20)
        return Outcome(1)

    begun = [threads.begin("t", work) for _ in range(4)]
    with pytest.raises(NoFreeThread):
        threads.begin("t", work)
    go.set()
    assert [each.result(20).value for each in begun] == [1] * 4
    assert threads.begin("t", work).result(20).value == 1
    threads.close()
    with pytest.raises(NoFreeThread, match="no thread can be started"):
        threads.begin("t", work)
    assert threads._running == 0


def test_what_is_left_behind_is_said_at_each_doubling_and_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    threads, shown = ToolThreads(6), list[int]()
    left: list[Future[Outcome]] = [Future() for _ in range(6)]
    for each in left:
        threads.left_behind("t", each, shown.append)
    with pytest.raises(NoFreeThread, match="6 calls of `t` still at work past the timeout: it is not called until"):
        threads.begin("t", Outcome)
    assert threads.begin("other", lambda: Outcome(2)).result(20).value == 2
    for each in left:
        each.set_result(Outcome())
    assert shown == [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0]
    at = "each in a thread; at 6 the tool is not called any more"
    assert [each.message for each in caplog.records] == [
        f"1 call of `t` still at work past the timeout, {at}",
        f"2 calls of `t` still at work past the timeout, {at}",
        f"4 calls of `t` still at work past the timeout, {at}",
        "6 calls of `t` still at work past the timeout: it is not called until some of them have ended",
        "all calls of `t` that ran past their timeout have ended",
    ]
    assert threads.begin("t", lambda: Outcome(3)).result(20).value == 3
    threads.close()


# -- the SDK's log


def record(error: BaseException | None, level: int = logging.WARNING) -> logging.LogRecord:
    info = None if error is None else (type(error), error, None)
    return logging.LogRecord("temporalio.activity", level, "f", 1, "Completing activity as failed", (), info)


def test_the_log_of_the_sdk_keeps_to_what_was_not_told() -> None:
    kept = ToldAlready()
    assert kept.filter(record(None))
    assert kept.filter(record(ValueError("x")))
    assert kept.filter(record(ApplicationError("x", type="CardDeclined")))
    assert not kept.filter(record(ApplicationError("x", type=told_by_worker("Undeclared"))))
    assert kept.filter(record(ApplicationError("x", type=told_by_worker("Undeclared")), logging.INFO))


def test_a_call_of_what_a_worker_lacks_is_one_line_for_each_name() -> None:
    kept = ToldAlready()

    def missing(name: str) -> logging.LogRecord:
        words = f"Activity function {name} for workflow run is not registered on this worker"
        return record(ApplicationError(words, type=SDK_NOT_FOUND))

    one = missing("a.b")
    assert kept.filter(one)
    assert (one.getMessage(), one.exc_info) == ("`a.b` was called, which this worker lacks", None)
    assert not kept.filter(missing("a.b"))
    assert kept.filter(missing("a.c"))
