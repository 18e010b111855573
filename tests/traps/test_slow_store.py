"""A store that is slow, or cannot be written: no workflow's thread waits for it, and what waits says so."""

import logging
import time
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from interpreter.client.listing import lacking
from interpreter.core import policies
from interpreter.stores.memory import MemoryStore
from interpreter.stores.values import resolve
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.test_failing_tasks import large_flow

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEADLOCK = 2.0
"""Seconds after which Temporal takes a workflow's thread for deadlocked."""
PATIENT_TASK = timedelta(seconds=10)

LARGE = """
edition 1
tool text.make(letters: int) -> text read
flow main() -> [text] {
  step some = text.make(letters: 30000)
  let large = [some for n in range(70)]
  sleep SLEEP
  return LAST
}
"""


async def says(run: LiveRun) -> str:
    async def look() -> str | None:
        return lacking(await (await run.handle.describe()).memo())

    return await eventually(look)


@pytest.mark.slow
async def test_a_store_slower_than_a_workflow_task_may_be_holds_up_no_thread(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(runs.store, MemoryStore)
    get = runs.store.get

    def slowly(digest: str) -> bytes:
        time.sleep(DEADLOCK + 0.5)
        return get(digest)

    monkeypatch.setattr("tests.live.runs.SHORT_TASK", PATIENT_TASK)
    monkeypatch.setattr(runs.store, "get", slowly)
    with caplog.at_level(logging.WARNING):
        run = await runs.start(large_flow("slowly"))
        assert await run.value() == 400 * 128
    assert "deadlock" not in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("eagerly", "sleep", "last"),
    [(True, "3s", "[large[0]]"), (True, "100ms", "[large[0]]"), (False, "100ms", "large")],
    ids=["at a continue", "at a continue that the run does not need any more", "at the end"],
)
async def test_a_store_that_cannot_be_written_is_waited_for_in_view(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, eagerly: bool, sleep: str, last: str
) -> None:
    monkeypatch.setattr(policies, "LONGEST_OBJECT_DELAY", 1_000)

    assert isinstance(runs.store, MemoryStore)
    put = runs.store.put

    def full(content: bytes) -> str:
        if len(content) > 100_000:
            raise OSError("no space left on device")
        return put(content)

    with monkeypatch.context() as trouble:
        trouble.setattr(runs.store, "put", full)
        run = await runs.start(LARGE.replace("SLEEP", sleep).replace("LAST", last), eagerly=eagerly)
        said = await says(run)
        assert "waits until the store can be written" in said
        assert "no space left on device" in said
        assert (await run.handle.describe()).status == WorkflowExecutionStatus.RUNNING
    result = await run.handle.result()
    texts = resolve(runs.store, result.value, result.references)
    assert texts == ["x" * 30_000] * (70 if last == "large" else 1)
    assert lacking(await (await run.handle.describe()).memo()) is None
    continued = await run.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
    assert len(continued) == (sleep == "3s")
