"""What workers and tools do to runs, on a real server: each test is named after an input that an earlier version did
not hold.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.activities.at_work import AT_WORK
from interpreter.activities.errors import ToolError
from interpreter.boundary.failures import OUTCOME_UNKNOWN, UNDECLARED
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import Runs, eventually

pytestmark = pytest.mark.slow


@dataclass
class Id:
    id: str


class Log:
    """What the tools of one test did."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._lock = threading.Lock()

    def did(self, line: str) -> None:
        with self._lock:
            self.lines.append(line)


@asynccontextmanager
async def working(address: str, *tools: Any, **settings: Any) -> AsyncIterator[Runs]:
    """One worker with `tools` on a queue of its own."""
    runs = Runs(await Client.connect(address), f"queue-{uuid4()}")
    async with one_more(runs, *tools, **settings):
        yield runs


@asynccontextmanager
async def one_more(runs: Runs, *tools: Any, **settings: Any) -> AsyncIterator[None]:
    """With a client of its own: in one process, one client has one worker on a queue."""
    plugin = FlowPlugin(tools, store=runs.store)
    client = await Client.connect(runs.client.service_client.config.target_host)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin], **settings):
        yield


async def true(condition: Callable[[], bool]) -> None:
    async def look() -> bool | None:
        return condition() or None

    await eventually(look)


BLOCKING = """edition 1
tool shop.order(item: text) -> { id: text } write { timeout 30s compensate none "x" }
flow main(q: text) -> text budget 5m { step r = shop.order(item: q) return r.id }
"""

BESIDE = """edition 1
tool shop.look(item: text) -> text read
flow main() -> text budget 5m { step a = shop.look(item: "a") step b = shop.look(item: a) return b }
"""


async def test_async_tool_that_blocks(temporal_address: str, caplog: pytest.LogCaptureFixture) -> None:
    """It outlives its heartbeat of 5 s all the same; the run beside it does not wait; the log names it."""
    log, blocked = Log(), threading.Event()

    @tool("shop.order")
    async def order(item: str) -> Id:
        blocked.set()
        time.sleep(8)  # noqa: ASYNC251 - that is what it is about
        log.did("ordered")
        return Id("o-1")

    @tool("shop.look")
    def look(item: str) -> str:
        return item

    async with working(temporal_address, order, look) as runs:
        run = await runs.start(BLOCKING, {"q": "hello"})
        await asyncio.to_thread(blocked.wait, 10)
        assert await (await runs.start(BESIDE)).value() == "a"
        assert log.lines == [], "the run beside it has ended first"
        assert await run.value() == "o-1"
    assert log.lines == ["ordered"]
    assert "`shop.order` (test_cases.py:" in caplog.text
    assert ", in order) has blocked the loop of the async tools" in caplog.text


HANGING = """edition 1
tool t.hang(n: int) -> int read { timeout 1s retry 0 times }
tool t.quick() -> int read
flow main() -> int budget 5m {
  parallel {
    branch a { parallel for i in range(130) at most 130 keep going { step h = t.hang(n: i) yield h } }
    branch b { sleep 5s step q = t.quick() }
  }
  return q
}
"""


async def test_timed_out_tools_keep_their_slots(temporal_address: str, caplog: pytest.LogCaptureFixture) -> None:
    """130 hung calls of one tool hold up no other: the quick one is served while they hang."""
    let_go, log = threading.Event(), Log()

    @tool("t.hang")
    def hang(n: int) -> int:
        log.did("hangs")
        let_go.wait(60)
        return n

    @tool("t.quick")
    def quick() -> int:
        log.did("quick while they hang" if not let_go.is_set() else "quick afterwards")
        let_go.set()
        return 1

    async with working(temporal_address, hang, quick) as runs:
        run = await runs.start(HANGING)
        assert await run.value() == 1
    assert log.lines.index("quick while they hang") >= 100
    assert "64 calls of `t.hang` still at work past the timeout" in caplog.text
    assert "100 calls of `t.hang` still at work past the timeout: it is not called until" in caplog.text


KINDS = """edition 1
tool w.fails(s: text) -> { id: text } write { errors Rej compensate none "x" }
flow main(q: text) -> text budget 1m {
  try { step a = w.fails(s: q) return a.id }
  on error e if e.kind == "Rej" or e.kind == "OutcomeUnknown" { return "caught {{ e.kind }}: {{ e.details }}" }
}
"""


class Rej(ToolError):
    pass


class NotCalled(ToolError):
    pass


class Base(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (Rej("declined \ud83d"), "Rej"),
        (Rej("d" * 5_000_000, details=["d" * 5_000_000]), "Rej"),
        (Rej("declined", details={"\0": "\ud83d"}), "Rej"),
        (NotCalled("no"), OUTCOME_UNKNOWN),
        (Base("no"), OUTCOME_UNKNOWN),
        (KeyboardInterrupt(), OUTCOME_UNKNOWN),
        (ValueError("v\ud83d" * 1_000_000), OUTCOME_UNKNOWN),
    ],
    ids=["half a character", "huge", "details", "not called", "base", "interrupt", "huge and undeclared"],
)
async def test_half_a_character_in_a_declared_error(temporal_address: str, error: BaseException, seen: str) -> None:
    """Also a tool that says not called, and a class name as kind: nobody believes them, and nothing is lost."""

    @tool("w.fails")
    def fails(s: str) -> Id:
        raise error

    async with working(temporal_address, fails) as runs:
        value = await (await runs.start(KINDS, {"q": "hello"})).value()
    assert isinstance(value, str)
    assert value.startswith(f"caught {seen}:")
    assert seen == "Rej" or UNDECLARED in value


VERIFIED = """edition 1
tool u.find(key: text) -> { id: text }? read
tool u.late(name: text) -> { id: text } write {
  timeout 1s
  verify u.find(key: key)
  compensate none "stays"
}
flow main() -> text budget 1h { step s = u.late(name: "n") return s.id }
"""


async def test_verify_asked_while_the_call_still_runs(temporal_address: str) -> None:
    """A tool that commits two seconds after its timeout ends with one commit."""
    log = Log()

    @tool("u.late")
    def late(name: str) -> Id:
        log.did("begins")
        time.sleep(4)
        log.did("committed")
        return Id("i")

    @tool("u.find")
    def find(key: str) -> Id | None:
        assert key not in AT_WORK
        return Id("i") if "committed" in log.lines else None

    async with working(temporal_address, late, find) as runs:
        assert await (await runs.start(VERIFIED)).value() == "i"
        await asyncio.sleep(1)
    assert log.lines == ["begins", "committed"]


LACKING = """edition 1
tool here(s: text) -> text read
tool missing(s: text) -> text write { compensate none "x" }
flow main(q: text) -> text budget 5m { step a = here(s: q) step b = missing(s: a) return b }
"""


async def test_worker_without_a_needed_tool(temporal_address: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is safe to wait for one that has it."""

    @tool("here")
    def here(s: str) -> str:
        return s

    @tool("missing")
    def missing(s: str) -> str:
        return s + "!"

    async with working(temporal_address, here) as runs:
        run = await runs.start(LACKING, {"q": "hello"})
        await true(lambda: "`missing` was called, which this worker lacks" in caplog.text)
        async with one_more(runs, here, missing):
            assert await run.value() == "hello!"
    assert "available activities" not in caplog.text
    assert "Traceback" not in caplog.text


PAYING = """edition 1
tool pay(amount: int) -> { id: text } write keyed { compensate none "x" }
flow main() -> text budget 5m { step p = pay(amount: 1) return p.id }
"""


@pytest.mark.timeout(180)
async def test_two_versions_on_one_queue(temporal_address: str) -> None:
    """A call that meets the worker that does not fit goes on to the one that does; no run fails of 40."""
    log = Log()

    @tool("pay")
    def pay_with_currency(amount: int, currency: str) -> Id:
        log.did("paid in the wrong way")
        return Id("p")

    @tool("pay")
    def pay(amount: int) -> Id:
        log.did("paid")
        return Id("p")

    async with working(temporal_address, pay_with_currency) as runs, AsyncExitStack() as later:
        first = [await runs.start(PAYING) for _ in range(3)]
        await first[0].seen(lambda view: any("currency: text" in note.detail for note in view.notes) or None)
        await later.enter_async_context(one_more(runs, pay))
        others = [await runs.start(PAYING) for _ in range(37)]
        assert [await run.value(patience=150) for run in first + others] == ["p"] * 40
    assert log.lines == ["paid"] * 40
