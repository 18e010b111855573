"""A bug of ours, or something that is missing, fails the workflow task, where it can be seen, and never the run."""

import hashlib
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from interpreter.core import snapshot
from interpreter.core.constructs.sleep import SleepConstruct
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import MissingObject
from interpreter.workflow import children, driver, keeping
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import calls

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNT = """
edition 1
tool call.count(name: text) -> int write { compensate none "a test" }
flow main(name: text) -> int {
  step first = call.count(name: name)
  sleep 50ms
  step second = call.count(name: name)
  return second
}
"""

NESTED = """
edition 1
flow inner() -> text { return "inner" }
flow main() -> text { step below = inner() return below }
"""


def large_flow(seed: str) -> str:
    """A definition that zlib cannot make small."""
    lines = [f'  set all = all + "{hashlib.sha512(f"{seed}{n}".encode()).hexdigest()}"' for n in range(400)]
    texts = "\n".join(lines)
    return f"""
edition 1
flow inner(text: text) -> int {{ return len(text) }}
flow main() -> int {{
  var all = ""
{texts}
  step below = inner(text: all)
  return below
}}
"""


async def failed_task(run: LiveRun) -> str:
    """Why a workflow task of the run failed, once one has; the run itself goes on."""

    async def look() -> str | None:
        failed = await run.events(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
        return failed[0].workflow_task_failed_event_attributes.failure.message if failed else None

    message = await eventually(look)
    assert (await run.handle.describe()).status == WorkflowExecutionStatus.RUNNING
    return message


async def test_a_bug_in_the_machine_holds_the_run_until_it_is_mended(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(SleepConstruct, "event", broken)
        run = await runs.start(COUNT, {"name": "bug"})
        assert await failed_task(run) == "a bug"
    assert await run.value() == 2
    assert calls["bug"] == 2, "nothing that was done is done again"


@pytest.mark.parametrize(
    ("module", "name", "flow"),
    [(driver, "call_event", COUNT), (children, "child_event", NESTED)],
    ids=["in a callback", "in a task"],
)
async def test_a_bug_where_something_comes_back_holds_the_run_too(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, flow: str
) -> None:
    """An exception in a callback, or in a task that nobody awaits, would hang the run in silence."""

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(module, name, broken)
        run = await runs.start(flow, {"name": name} if flow == COUNT else None)
        assert await failed_task(run) == "a bug"
    assert await run.value() == (2 if flow == COUNT else "inner")


@pytest.mark.slow
async def test_a_state_that_a_newer_version_saved_holds_the_run_until_a_worker_can_read_it(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = snapshot.FORMAT + 1
    with monkeypatch.context() as older_worker:
        older_worker.setattr(keeping, "save", lambda state: snapshot.save(state) | {"format": newer})
        run = await runs.start(COUNT, {"name": "newer state"}, eagerly=True)
        assert (
            await failed_task(run) == f"the state of this run has format {newer}; this version reads up to {newer - 1}"
        )
    monkeypatch.setattr(snapshot, "FORMAT", newer)
    assert await run.value() == 2
    assert calls["newer state"] == 2, "nothing that was done is done again"


async def test_a_large_definition_travels_by_its_hash_and_is_waited_for(runs: Runs) -> None:
    assert isinstance(runs.store, MemoryStore)
    flow = large_flow("definition")
    expected = 400 * 128
    run = await runs.start(flow)
    assert await run.value() == expected
    (started, *_) = await run.events()
    assert started.ByteSize() < 2_000


@pytest.mark.slow
async def test_a_missing_definition_holds_the_run_until_it_is_there(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(digest: str) -> bytes:
        raise MissingObject(digest, "memory")

    with monkeypatch.context() as loss:
        loss.setattr(runs.store, "get", lost)
        run = await runs.start(large_flow("missing"))
        assert "no object" in await failed_task(run)
    assert await run.value() == 400 * 128
