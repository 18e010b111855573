"""Carried calls and those around them: other workers, locks, who looks at the run, and histories."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Replayer, Worker

from interpreter.boundary.lock import lock_id
from interpreter.boundary.names import CARRIER
from interpreter.client.client import Client
from interpreter.client.listing import stuck_below
from interpreter.client.outcome import result_of
from interpreter.client.retold import retold
from interpreter.client.waiting import waiting_calls, with_carriers
from interpreter.worker.plugin import FlowPlugin
from interpreter.workflow import lock
from interpreter.workflow.run import FlowWorkflow
from tests.live.runs import Runs, eventually
from tests.traps.carrying import (
    HEAD,
    LOOP,
    UNDONE,
    begun,
    beside,
    calls_behind,
    carrier_of,
    continued,
)
from tests.traps.tools import TOOLS, calls, doors, end_behind_door

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


@pytest.fixture
def name() -> str:
    return f"door {uuid4().hex[:8]}"


FOREIGN = """
edition 1
tool text.make(letters: int) -> text read
tool slow.work(name: text, beside: json, how: text) -> json read {
  queue "QUEUE" timeout 40m heartbeat 1s errors Closed retry 0 times
}
tool door.look(name: text) -> bool read
flow main(name: text, how: text) -> json {
  step made = text.make(letters: 100000)
  try {
    parallel {
      step worked = slow.work(name: name, beside: [made], how: how)
      LOOP
    }
    return worked
  } on error e { return e.kind + ": " + e.message }
}
""".replace("LOOP", LOOP)
PATH = "main/try#2/body/parallel#1/worked"


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize(
    ("how", "comes_to"),
    [
        ("answers", [100_000]),
        ("closes", "Closed: we are closed"),
        ("odd", "InvalidOutput: its answer is not JSON"),
        ("much", 300_000),
        ("is silent", "TimedOut: timed out (heartbeat)"),
    ],
)
async def test_a_worker_that_is_not_ours(runs: Runs, name: str, how: str, comes_to: object, eagerly: bool) -> None:
    """It is given plain JSON, whole, and what it answers or tells reaches the flow as it does without a carrier."""
    got: list[str] = []

    @activity.defn(name="slow.work")
    async def work(given: dict[str, Any]) -> Any:
        got.append(activity.info().activity_id)
        while not doors[name].is_set():
            activity.heartbeat()
            await asyncio.sleep(0.05)
        match given["how"]:
            case "closes":
                raise ApplicationError("we are closed", {"until": "9:00"}, type="Closed")
            case "odd":
                return RawValue(Payload(metadata={"encoding": b"binary/plain"}, data=b"odd"))
            case "much":
                return "x" * 300_000
            case "is silent":
                await asyncio.sleep(3)
        return [len(given["beside"][0])]

    queue = uuid4().hex
    async with Worker(runs.client, task_queue=queue, activities=[work]):
        run = await runs.start(FOREIGN.replace("QUEUE", queue), {"name": name, "how": how}, eagerly=eagerly)
        await eventually(lambda: truth(got))
        if eagerly:
            await continued(run)
        doors[name].set()
        whole = await result_of(runs.client, runs.client.get_workflow_handle(run.id), runs.store)
    if how == "much":
        assert len(whole.value) == comes_to
    elif type(comes_to) is str:
        assert whole.value.startswith(comes_to)
    else:
        assert whole.value == comes_to
    assert got == [PATH]


async def truth(value: object) -> bool | None:
    return bool(value) or None


async def test_a_worker_that_lacks_the_tool_leaves_it_to_another(runs: Runs, name: str) -> None:
    """The worker that takes the activity of a carrier says that it does not have the tool, as it says it to a run."""
    queue = uuid4().hex
    there = Runs(runs.client, queue, runs.store)
    fewer = [each for each in TOOLS if each is not end_behind_door]
    async with Worker(runs.client, task_queue=queue, plugins=[FlowPlugin(fewer, store=runs.store)]):
        run = await there.start(beside(), {"name": name, "how": "answers"}, eagerly=True)
        await run.seen(lambda view: any("waits for a worker" in step.detail for step in view.steps) or None)
        await continued(run)
        assert calls_behind(name) == 0
    async with Worker(runs.client, task_queue=queue, plugins=[FlowPlugin(TOOLS, store=runs.store)]):
        await begun(run, name)
        doors[name].set()
        assert await run.value() == "answers"
    assert calls_behind(name) == 1


RACE = (
    HEAD.replace("EFFECT", "read")
    + """
tool text.size(text: text) -> int read
flow main(name: text) -> text {
  race as first {
    branch slow { step passed = door.pass(name: name) yield passed }
    branch beside {
      loop turning budget 1000 iterations {
        step counted = text.size(text: name)
        sleep 10ms
        until counted == 0
      } on exhausted { }
      yield "none"
    }
    branch quick { await approval go "Go?" { from "leads" timeout 1h then reject } yield "quick" }
  }
  return first.value
}
"""
)


@pytest.mark.parametrize("eagerly", [False, True])
async def test_what_only_reads_and_has_lost_a_race_is_left_alone(runs: Runs, name: str, eagerly: bool) -> None:
    """Nobody waits for its end, and its tool is told to stop."""
    run = await runs.start(RACE, {"name": name}, eagerly=eagerly)
    await begun(run, name)
    if eagerly:
        await continued(run)
    carrier = await carrier_of(runs, run)
    await run.answer((await run.question()).id)
    assert await run.value() == "quick"
    assert len(await run.events(EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)) == 1
    with pytest.raises(WorkflowFailureError):
        await runs.client.get_workflow_handle(carrier).result()


@pytest.mark.parametrize("how", ["answers", "breaks"])
async def test_histories_of_run_and_carrier_can_be_replayed(runs: Runs, name: str, how: str) -> None:
    run = await runs.start(beside("idempotent"), {"name": name, "how": how}, eagerly=True)
    await begun(run, name)
    carrier = await carrier_of(runs, run)
    await continued(run, 3)
    doors[name].set()
    await run.ending()
    replayer = Replayer(workflows=[], plugins=[FlowPlugin(TOOLS, store=runs.store)])
    for id_, first in ((run.id, run.first_run), (carrier, None)):
        next_run: str | None = first or ""
        while next_run is not None:
            history = await runs.client.get_workflow_handle(id_, run_id=next_run or None).fetch_history()
            await replayer.replay_workflow(history)
            last = history.events[-1].workflow_execution_continued_as_new_event_attributes
            next_run = last.new_execution_run_id or None


HOLDS = (
    HEAD.replace("EFFECT", "read")
    + """
tool call.alone(name: text) -> int write keyed final
flow main(name: text) -> text {
  exclusive by name within 10m {
    parallel {
      step passed = door.pass(name: name)
"""
    + LOOP
    + """
    }
  }
  return passed
}
flow next(name: text) -> int {
  exclusive by name within 10m { step alone = call.alone(name: name) }
  return alone
}
"""
)


async def test_a_lock_is_not_free_as_long_as_a_carrier_of_its_holder_is_at_work(
    runs: Runs, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("LEASE", "FIRST_LOOK", "SHORTEST_LOOK"):
        monkeypatch.setattr(lock, pause, timedelta(milliseconds=200))
    holder = await runs.start(HOLDS, {"name": name}, main="main", eagerly=True)
    await begun(holder, name)
    waits = await runs.start(HOLDS, {"name": name}, main="next")
    await waits.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    carrier = await carrier_of(runs, holder)
    await holder.handle.terminate()
    its_lock = runs.client.get_workflow_handle(lock_id(f"block/{name}"))

    async def looked() -> bool | None:
        events = [event.event_type for event in (await its_lock.fetch_history()).events]
        return events.count(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) >= 4 or None

    await eventually(looked)
    assert (await waits.view()).status == "running"
    assert calls_behind(name) == 1
    await runs.client.get_workflow_handle(carrier).cancel()
    assert await waits.value() == 2


@pytest.mark.parametrize("eagerly", [False, True])
async def test_a_carried_call_that_no_worker_takes_says_so(runs: Runs, name: str, eagerly: bool) -> None:
    queue = uuid4().hex
    run = await runs.start(FOREIGN.replace("QUEUE", queue), {"name": name, "how": "answers"}, eagerly=eagerly)
    await run.seen(lambda view: any(step.path == PATH for step in view.steps) or None)
    if eagerly:
        await continued(run)
    client_run = Client(runs.client, runs.store).run(run.id)

    async def missing() -> list[tuple[str, tuple[str, ...]]] | None:
        return [(each.queue, each.tools) for each in await client_run.missing_workers()] or None

    assert await eventually(missing) == [(queue, ("slow.work",))]
    (waiting,) = waiting_calls(await with_carriers(runs.client, await run.handle.describe()))
    assert (waiting.path, waiting.name, waiting.queue) == (PATH, "slow.work", queue)
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)


@pytest.mark.parametrize("wait", [0, 0.02, 0.05, 0.1])
async def test_a_cancel_at_any_moment(runs: Runs, name: str, wait: float) -> None:
    """Before the carrier is there, before it has begun, before its tool has: the tool's effect is undone, or none."""
    text = UNDONE.replace("EFFECT", "write final").replace("step passed = door.pass(name: name)", EFFECT)
    run = await runs.start(text.replace("return passed", "return name"), {"name": name}, eagerly=True)
    await asyncio.sleep(wait)
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)
    done, undone = calls[f"{name} slow"], calls[f"{name} slow undone"]
    assert done == undone
    assert calls[name] == calls[f"{name} undone"]


EFFECT = """
      step slow = call.count(name: name + " slow") { timeout 10m }
"""


async def test_what_a_history_tells_of_a_carried_call(runs: Runs, name: str) -> None:
    doors[name].set()
    run = await runs.start(beside(), {"name": name, "how": "answers"})
    await run.value()
    told = await retold(Client(runs.client, runs.store).run(run.id))
    path = "main/try#1/body/parallel#1/ended"
    assert [(note.kind, note.node, note.attempt) for note in told if note.path == path] == [
        ("started", "tool", 1),
        ("completed", "tool", 1),
    ]


async def test_a_carrier_that_no_worker_can_take_up_is_told_of(runs: Runs, name: str) -> None:
    """As where workers are of an earlier version: its task fails, and it goes on when one comes that has it."""
    queue = uuid4().hex
    there = Runs(runs.client, queue, runs.store)
    earlier = FlowPlugin(TOOLS, store=runs.store)
    earlier.workflows = [FlowWorkflow]
    run = await there.start(beside(), {"name": name, "how": "answers"})
    async with Worker(runs.client, task_queue=queue, plugins=[earlier], max_cached_workflows=0):

        async def look() -> list[tuple[str, str | None]] | None:
            return [
                (each.id, each.stuck) for each in await stuck_below(Client(runs.client, runs.store).run(run.id))
            ] or None

        ((carrier, reason),) = await eventually(look)
    assert carrier == f"{run.id}/{run.first_run[-8:]}/main/try#1/body/parallel#1/ended"
    assert CARRIER in str(reason)
    doors[name].set()
    async with Worker(runs.client, task_queue=queue, plugins=[FlowPlugin(TOOLS, store=runs.store)]):
        assert await run.value() == "answers"
    assert calls_behind(name) == 1
