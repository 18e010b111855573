"""What does not go on is seen from where somebody looks, or waits."""

import asyncio
import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest

from interpreter.cli import troubles
from interpreter.cli.group import run_command
from interpreter.client.client import Client
from interpreter.client.listing import stuck_below
from interpreter.client.run import Run
from interpreter.core.constructs.sleep import SleepConstruct
from tests.live.runs import LiveRun, Runs, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

BELOW = """
edition 1
flow below() -> int { sleep 50ms return 1 }
flow middle() -> int { step r = below() return r }
flow main() -> int budget 1h { step r = middle() return r }
"""
ELSEWHERE = """
edition 1
tool far.call(x: text) -> text read { queue "nobody works here" }
flow main() -> text budget 1h { step far = far.call(x: "a") return far }
"""

LACKED = """
edition 1
tool nobody.has(x: text) -> text read
flow main() -> text budget 1h { step far = nobody.has(x: "a") return far }
"""


def client_run(runs: Runs, run: LiveRun) -> Run:
    return Run(run.id, runs.client, runs.store)


async def dsl(runs: Runs, *arguments: str) -> str:
    """What a command prints."""
    out = StringIO()

    def command() -> None:
        with redirect_stdout(out):
            run_command([*arguments, "--address", runs.client.service_client.config.target_host])

    await asyncio.to_thread(command)
    return out.getvalue()


@pytest.mark.slow
async def test_stuck_child_is_named_with_the_reason(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(troubles, "LOOK_EVERY", 0.1)
    said: list[str] = []
    with monkeypatch.context() as bug:
        bug.setattr(SleepConstruct, "event", broken)
        run = await runs.start(BELOW)
        parent = client_run(runs, run)

        async def found() -> list[tuple[str, str, str | None]] | None:
            return [(child.id, child.flow, child.stuck) for child in await stuck_below(parent)] or None

        ((child, flow, reason),) = await eventually(found)
        assert flow == "below", "it stands at the beginning of its history"
        assert child.startswith(f"{run.id}/")
        assert "main/r" in child
        assert "its workflow task has failed" in str(reason)
        assert "a bug" in str(reason)
        listed = [one.id async for one in Client(runs.client, runs.store).runs(stuck=True)]
        assert child in listed

        telling = asyncio.create_task(troubles.say_troubles(parent, said.append))

        async def told() -> bool | None:
            return bool(said) or None

        await eventually(told)
        telling.cancel()
        assert said[0].startswith(f"{child}, which it waits for, is stuck: its workflow task has failed")
        shown = await dsl(runs, "show", run.id)
        assert f"child   {child} is stuck: its workflow task has failed" in shown
    assert await run.value() == 1
    assert await stuck_below(parent) == []


async def test_a_run_that_meets_only_workers_without_its_tool_is_among_those_that_do_not_go_on(runs: Runs) -> None:
    run = await runs.start(LACKED)

    async def listed() -> str | None:
        found = [one.stuck async for one in Client(runs.client, runs.store).runs(stuck=True) if one.id == run.id]
        return found[0] if found else None

    words = "waits for a worker that has it: the worker that was asked does not have `nobody.has`"
    assert f"main/far {words}" in await eventually(listed)
    shown = await dsl(runs, "show", run.id)
    assert f"waits   main/far {words}" in shown
    assert f"far: retrying, {words}" in shown
    assert "steadflow." not in shown
    await run.handle.cancel()
    await run.ending()


async def test_a_call_that_no_worker_has_taken_says_so(runs: Runs) -> None:
    run = await runs.start(ELSEWHERE)

    async def waits() -> dict[str, Any] | None:
        found = json.loads(await dsl(runs, "show", run.id, "--json"))["calls_without_worker"]
        return found[0] if found else None

    call = await eventually(waits)
    assert (call["step"], call["call"], call["polled"]) == ("main/far", "far.call", False)
    shown = await dsl(runs, "show", run.id)
    assert "main/far: far.call waits for a worker; nothing works on the task queue nobody works here" in shown
    await run.handle.cancel()
    await run.ending()
