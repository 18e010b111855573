"""Tools of an MCP server in runs on a real Temporal server: how each ending arrives, and what reached the server."""

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.boundary.failures import OUTCOME_UNKNOWN, SERVER_UNAVAILABLE, TIMED_OUT, TOOL_CHANGED, UNDECLARED
from interpreter.core.outcomes import Failure
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs, eventually
from tests.mcp.planned import DECLARED, Planned, planned

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Bench:
    """One worker with the planned server's tools."""

    def __init__(self, runs: Runs, server: Planned) -> None:
        self.runs = runs
        self.server = server

    async def start(self, body: str, returns: str = "json") -> LiveRun:
        return await self.runs.start(f"edition 1\n{DECLARED}\nflow f() -> {returns} {{ {body} }}")

    async def value(self, body: str, returns: str = "json") -> Any:
        return await (await self.start(body, returns)).value()

    async def failure(self, body: str, returns: str = "json") -> Failure:
        return await (await self.start(body, returns)).failure()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def working(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    server = planned(tmp_path_factory.mktemp("planned"))
    client = await Client.connect(temporal_address)
    runs = Runs(client, uuid.uuid4().hex, MemoryStore())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEADFLOW_TEST_TOKEN", "for the server only")
        patch.setenv("OTHER_SECRET", "not for the server")
        plugin = FlowPlugin([], [server.flow], store=runs.store)
        async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
            yield Bench(runs, server)
    assert [pid for pid in server.processes if lives(pid)] == []


@pytest_asyncio.fixture(loop_scope="module")
async def bench(working: Bench) -> Bench:
    """As it was at first."""
    changed = working.server.calls("change")
    working.server.forget()
    if changed:
        await working.value("step c = p.change() return c")
        working.server.forget()
    return working


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_tool_gets_its_arguments_without_what_is_null(bench: Bench) -> None:
    body = 'step a = p.echo(page: "one") step b = p.echo() return { a: a.page, b: b.page, name: a }'
    assert await bench.value(body) == {"a": "one", "b": None, "name": {"page": "one"}}
    assert [entry["arguments"] for entry in bench.server.journal if "tool" in entry] == [{"page": "one"}, {}]


async def test_resources_are_read(bench: Bench) -> None:
    body = 'step a = p.today() step b = p.note(name: "a/b c") return [a, b]'
    assert await bench.value(body) == ["this is notes://today", "this is notes://a%2Fb%20c"]


async def test_a_picture_is_there_as_its_content_and_what_a_server_prints_is_no_harm(bench: Bench) -> None:
    body = "step n = p.noise() step c = p.picture() return c.content[0]"
    assert await bench.value(body) == {"type": "image", "data": "aGk=", "mimeType": "image/png"}


async def test_a_server_gets_the_credential_that_is_named_and_no_other(bench: Bench) -> None:
    run = await bench.start("step v = p.variables() return v.token == null or v.secret != null")
    assert await run.value() is False
    value = await bench.value("step v = p.variables() return v.secret")
    assert value is None


async def test_no_history_holds_a_credential_that_the_flow_does_not_take(bench: Bench) -> None:
    run = await bench.start("step e = p.echo() return e")
    await run.value()
    assert "for the server only" not in str(await run.events())


async def test_a_large_answer_goes_to_the_store(bench: Bench) -> None:
    run = await bench.start("step h = p.huge() return len(h.text)")
    assert await run.value() == 300_000
    assert sum(len(event.SerializeToString()) for event in await run.events()) < 20_000


async def test_two_runs_share_one_server_side_by_side(bench: Bench) -> None:
    body = "parallel { step a = p.slow() step b = p.slow() } return a"
    first, second = await asyncio.gather(bench.start(body), bench.start(body))
    await asyncio.gather(first.value(), second.value())
    assert bench.server.calls("slow") == 4
    assert bench.server.processes == []  # the one that was there before


async def test_a_read_is_made_again_on_a_new_server_when_its_server_dies(bench: Bench) -> None:
    run = await bench.start("step d = p.die() return d")
    await eventually(lambda: _once(bench.server.calls("die") > 0))
    (bench.server.folder / "may_live").touch()
    assert await run.value() == "{}"
    assert bench.server.calls("die") >= 2
    assert len(bench.server.processes) >= 1


async def test_a_server_that_is_killed_between_calls_costs_no_attempt(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.value("step e = p.echo() return e")
    await _killed(bench, caplog)
    run = await bench.start("step e = p.echo() return e")
    await run.value()
    assert not any(note.kind == "retrying" and note.detail.startswith(UNDECLARED) for note in (await run.view()).notes)


async def test_a_write_whose_server_dies_is_unknown_and_not_made_again(bench: Bench) -> None:
    failure = await bench.failure("step d = p.die_write() return d")
    assert (failure.kind, bench.server.calls("die")) == (OUTCOME_UNKNOWN, 1)
    assert "ended during the call" in failure.message


async def test_a_write_whose_server_dies_is_settled_by_what_verifies_it(bench: Bench) -> None:
    value = await bench.value("step d = p.die_found() return d.page != null")
    assert (value, bench.server.calls("die"), bench.server.calls("echo")) == (True, 1, 1)


async def test_a_server_that_never_answers_times_out(bench: Bench) -> None:
    failure = await bench.failure("step h = p.hang() return h")
    assert failure.kind == TIMED_OUT


async def test_a_write_that_is_never_answered_is_unknown(bench: Bench) -> None:
    failure = await bench.failure("step h = p.hang_write() return h")
    assert (failure.kind, bench.server.calls("hang")) == (OUTCOME_UNKNOWN, 1)


async def test_an_answer_that_does_not_fit_its_schema_is_none(bench: Bench) -> None:
    failure = await bench.failure("step u = p.unfit() return u")
    assert (failure.kind, "'many' is not of type 'integer'" in failure.message) == (UNDECLARED, True)
    assert (await bench.failure("step u = p.unfit_write() return u")).kind == OUTCOME_UNKNOWN


async def test_what_a_server_calls_an_error_has_the_kind_that_is_declared_for_its_words(bench: Bench) -> None:
    body = 'try { step f = p.fail(page: "none") } on error NotFound as e { return e.message } return null'
    assert await bench.value(body) == "ENOENT: no such page"
    assert (await bench.failure('step f = p.fail(page: "x") return f')).kind == UNDECLARED


async def test_only_a_declared_error_says_that_a_write_has_not_happened(bench: Bench) -> None:
    assert (await bench.failure('step f = p.fail_write(page: "none") return f')).kind == "NotFound"
    assert (await bench.failure('step f = p.fail_write(page: "x") return f')).kind == OUTCOME_UNKNOWN


async def test_a_tool_that_has_changed_is_not_called(bench: Bench) -> None:
    failure = await bench.failure("step a = p.count() step c = p.change() step b = p.count() return b")
    assert (failure.kind, bench.server.calls("count")) == (TOOL_CHANGED, 1)
    details: Any = failure.details
    assert "-description: The tool count.\n+description: does more now" in details["diff"]
    assert "does more now" in failure.message


async def test_a_server_that_cannot_start_is_waited_for(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.value("step e = p.echo() return e")
    broken = bench.server.folder / "broken"
    broken.touch()
    await _killed(bench, caplog)
    run = await bench.start("step d = p.die_write() return d")
    await run.seen(_cannot_start)
    (bench.server.folder / "may_live").touch()
    broken.unlink()
    assert await run.value() == "{}"


def _cannot_start(view: Any) -> str | None:
    """Said of an attempt; of one that met the server while it was dying it is said that it has ended."""
    told = [note.detail for note in view.notes if note.kind == "retrying"]
    said = (each for each in told if each.startswith(SERVER_UNAVAILABLE))
    return next((each for each in said if "it cannot start: no key" in each), None)


async def _killed(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """And the worker has seen it, so that no call is made of a server that is dying."""
    caplog.clear()
    os.kill(_pid_of(bench), signal.SIGKILL)
    await eventually(lambda: _once("the server `p` is gone" in caplog.text))


def _pid_of(bench: Bench) -> int:
    """The process that the worker has now: the file is kept by each start, whatever a test forgets."""
    return int((bench.server.folder / "pid").read_text())


async def _once(condition: bool) -> bool | None:
    return condition or None
