"""Large answers of workers that are not ours: no workflow's thread reads or validates them."""

import asyncio
import json
import logging
import time
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.worker import Replayer

from interpreter.activities import receive
from interpreter.boundary.failures import INVALID_OUTPUT, OUTCOME_UNKNOWN
from interpreter.boundary.names import KEEP_ANSWER_ACTIVITY, RECEIVE_ACTIVITY, RECEIVE_KEPT_ACTIVITY
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.test_foreign import foreign
from tests.traps.tools import calls

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

HEADER = """edition 1
type Row { id: int, name: text, price: decimal, tags: [text] }
tool foreign.rows() -> { rows: [Row], note: text } read { queue "somewhere else" }
tool foreign.put() -> [Row] write { queue "somewhere else" compensate none "it is only written down" }
"""
BESIDE = (RECEIVE_ACTIVITY, KEEP_ANSWER_ACTIVITY, RECEIVE_KEPT_ACTIVITY)
ROWS = 16_000
ROW = {"id": 1, "name": "ann", "price": "12.50", "tags": ["a", "b"], "more": "x" * 44}
LOOK = "flow main() -> decimal { step got = foreign.rows() sleep 1s return got.rows[15999].price + len(got.note) }"


def answer(rows: int = ROWS, **changes: Any) -> Payload:
    data = {"rows": [ROW] * (rows - 1) + [ROW | changes], "note": "abc"}
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(data).encode())


async def done_beside(run: LiveRun) -> list[str]:
    """What was done with the answer, in turn: local work, and activities."""
    found = []
    for event in await run.events():
        local = str(event.marker_recorded_event_attributes.details.get("data", ""))
        name = event.activity_task_scheduled_event_attributes.activity_type.name
        found += [one for one in BESIDE if f'\\"{one}\\"' in local or one == name]
    return found


@pytest.mark.parametrize(
    ("rows", "beside"),
    [(400, []), (1_500, [RECEIVE_ACTIVITY]), (ROWS, [KEEP_ANSWER_ACTIVITY, RECEIVE_KEPT_ACTIVITY])],
    ids=["small", "large", "as large as can be"],
)
async def test_it_is_read_beside_the_run_and_lies_in_the_store(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, rows: int, beside: list[str]
) -> None:
    longest = watched(monkeypatch)
    given = answer(rows)
    async with foreign(runs, given):
        run = await runs.start(HEADER + LOOK.replace("15999", str(rows - 1)), eagerly=True)
        assert await run.value() == "15.50"
    assert await done_beside(run) == beside
    assert max(longest) < 0.1, "a twentieth of what the SDK takes for a deadlock"


def watched(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the activations of runs take."""
    from temporalio.worker._workflow_instance import _WorkflowInstanceImpl

    activate, took = _WorkflowInstanceImpl.activate, [0.0]

    def measured(self: Any, activation: Any) -> Any:
        begun = time.thread_time()
        try:
            return activate(self, activation)
        finally:
            took.append(time.thread_time() - begun)

    monkeypatch.setattr(_WorkflowInstanceImpl, "activate", measured)
    return took


async def test_what_takes_longer_than_a_workflow_task_may_is_done_elsewhere(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    valid = receive._valid

    def slowly(*arguments: Any) -> Any:
        time.sleep(1.5)
        return valid(*arguments)

    monkeypatch.setattr(receive, "_valid", slowly)
    async with foreign(runs, answer(1_500)):
        run = await runs.start(HEADER + LOOK.replace("15999", "1499"))
        assert await run.value() == "15.50"
    assert await done_beside(run) == [RECEIVE_ACTIVITY, KEEP_ANSWER_ACTIVITY, RECEIVE_KEPT_ACTIVITY]


@pytest.mark.parametrize("rows", [1_500, ROWS])
async def test_it_replays(runs: Runs, rows: int) -> None:
    given = answer(rows)
    assert len(given.data) < 2_000_000
    async with foreign(runs, given):
        run = await runs.start(HEADER + LOOK.replace("15999", str(rows - 1)))
        assert await run.value() == "15.50"
    replayer = Replayer(workflows=[], plugins=[FlowPlugin(store=MemoryStore())])
    await replayer.replay_workflow(await run.handle.fetch_history())


async def test_what_does_not_fit_is_told_as_ever(runs: Runs) -> None:
    flow = "flow main() -> int { step got = foreign.put() return len(got) }"
    rows = json.dumps([ROW] * (ROWS - 1) + [ROW | {"price": "much"}]).encode()
    async with foreign(runs, Payload(metadata={"encoding": b"json/plain"}, data=rows)):
        failure = await (await runs.start(HEADER + flow)).failure()
    assert failure.kind == OUTCOME_UNKNOWN
    assert "[15999].price: expected a decimal" in failure.message


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b'{"rows": [], "rows": [' + b" " * 100_000 + b"]}", b"1" * 100_000],
    ids=["levels", "twice", "digits"],
)
async def test_what_cannot_be_read_is_told_as_ever(runs: Runs, data: bytes) -> None:
    async with foreign(runs, Payload(metadata={"encoding": b"json/plain"}, data=data)):
        failure = await (await runs.start(HEADER + LOOK)).failure()
    assert failure.kind in ("Undeclared", "InvalidOutput")


async def test_a_store_that_cannot_be_written_holds_nothing_up(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(runs.store, MemoryStore)

    put = runs.store.put

    def full(content: bytes) -> str:
        if len(content) > 50_000:
            raise OSError("no space left on device")
        return put(content)

    monkeypatch.setattr(runs.store, "put", full)
    async with foreign(runs, answer(1_500)):
        run = await runs.start(HEADER + LOOK.replace("15999", "1499"))
        assert await run.value() == "15.50"


async def test_an_answer_that_has_arrived_is_not_lost_to_a_cancel(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The cancel comes while the answer is read: it happened, so it is listed as standing, not as unknown."""
    assert isinstance(runs.store, MemoryStore)
    caplog.set_level(logging.CRITICAL)
    put, reading = runs.store.put, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(content: bytes) -> str:
        if len(content) > 50_000:
            loop.call_soon_threadsafe(reading.set)
            time.sleep(0.4)
        return put(content)

    undo = 'compensate foreign.undo(count: len(result)) verify none "counted at night"'
    flow = (
        HEADER.replace('compensate none "it is only written down"', undo)
        + 'tool foreign.undo(count: int) idempotent { queue "somewhere else" }\n'
        + "flow main() -> int { step got = foreign.put() return 1 }"
    )
    rows = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps([ROW] * 2_000).encode())
    async with foreign(runs, rows) as got:
        monkeypatch.setattr(runs.store, "put", slowly)
        run = await runs.start(flow)
        await reading.wait()
        await run.handle.cancel()

        async def ended() -> bool | None:
            return (await run.handle.describe()).close_time is not None or None

        await eventually(ended)
    assert {"count": 2_000} in got, "undone by what it answered"


BOUND = """edition 1
tool text.many(texts: int) -> [text] at most 100 read
flow read(texts: int) -> int { step got = text.many(texts: texts) return len(got) }
"""


async def test_what_a_function_of_ours_answers_is_held_against_what_is_declared_also_where_it_is_large(
    runs: Runs,
) -> None:
    """Its annotation, a list of texts, says nothing of how many."""
    assert await (await runs.start(BOUND, {"texts": 100}, eagerly=True)).value() == 100
    run = await runs.start(BOUND, {"texts": 101})
    failure = await run.failure()
    assert failure.kind == INVALID_OUTPUT
    assert failure.message.endswith("at most 100 items are allowed, not 101")
    assert calls["101 texts"] == 1
