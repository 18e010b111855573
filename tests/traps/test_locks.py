"""`exclusive by` over many runs on a real server: holders that end in every way, and a hundred that want one lock."""

import asyncio
import time
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Worker

from interpreter.boundary.failures import LOCK_TIMED_OUT
from interpreter.boundary.lock import LockInput, LockRequest, lock_id
from interpreter.boundary.names import LEAVE_LOCK_SIGNAL, LOCK_WORKFLOW, OVER_SINCE_ACTIVITY
from interpreter.core import locks
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.settings import RECOMMENDED
from interpreter.workflow import lock
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import TOOLS, calls

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD = """
edition 1
tool call.alone(name: text) -> int write keyed final
tool door.nap(milliseconds: int) -> int read
"""
HOLDS = (
    HEAD
    + """
flow main(key: text) -> text budget 1h {
  exclusive by key within 10m {
    step first = call.alone(name: key)
    DOES
  }
  return key
}
"""
)
NEVER = HOLDS.replace("DOES", "sleep 1h")
AT_ONCE = HOLDS.replace("DOES", "")
CONTENDERS = 100
MOST_EVENTS = 60
"""Of the lock and of who wants it, for each time that it changes hands. A bound, far from what was measured."""


async def holding(run: LiveRun) -> None:
    await run.seen(lambda view: any(step.node == "sleep" for step in view.steps) or None)


async def free_again(runs: Runs, key: str) -> None:
    """The lock's workflow ends when nobody wants it any more."""

    async def over() -> bool | None:
        found = await runs.client.get_workflow_handle(lock_id(f"block/{key}")).describe()
        return found.status is WorkflowExecutionStatus.COMPLETED or None

    await eventually(over)


async def test_the_lease_of_a_terminated_holder_runs_out(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LEASE", lock.timedelta(seconds=1))
    key = uuid4().hex
    holder = await runs.start(NEVER, {"key": key})
    await holding(holder)
    waits = await runs.start(AT_ONCE, {"key": key})
    await waits.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    assert calls[key] == 1
    await holder.handle.terminate("a test")
    assert await waits.value() == key
    await free_again(runs, key)


async def test_what_is_granted_to_a_terminated_run_is_not_taken_by_who_has_its_id_now(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "FIRST_LOOK", lock.timedelta(hours=1))
    monkeypatch.setattr(lock, "LEASE", lock.timedelta(hours=1))  # else it may be granted what that one has not taken
    key, taken = uuid4().hex, f"taken-{uuid4().hex}"
    holder = await runs.start(NEVER, {"key": key})
    await holding(holder)
    before = await runs.start(NEVER, {"key": key}, id=taken)
    await before.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    await before.handle.terminate("a test")
    run = await runs.start(NEVER, {"key": key}, id=taken)
    await run.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    await holder.handle.cancel()
    told = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED

    async def granted() -> bool | None:
        return bool(await run.events(told)) or None

    await eventually(granted)
    assert [(step.node, step.state) for step in (await run.view()).steps][-1] == ("exclusive", "waiting")
    assert calls[key] == 1
    await run.handle.cancel()
    assert await run.ending() is not None
    await runs.client.get_workflow_handle(lock_id(f"block/{key}")).terminate("a test")


async def test_a_cancelled_holder_and_one_that_waited_leave_nothing_behind(runs: Runs) -> None:
    key = uuid4().hex
    holder = await runs.start(NEVER, {"key": key})
    await holding(holder)
    waits, last = await runs.start(NEVER, {"key": key}), await runs.start(AT_ONCE, {"key": key})
    for run in (waits, last):
        await run.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    await waits.handle.cancel()
    assert await waits.ending() is not None
    await holder.handle.cancel()
    assert await last.value() == key
    await free_again(runs, key)
    assert calls[key] == 2


async def test_a_lock_outlasts_the_worker_that_has_begun_it(runs: Runs) -> None:
    """The queue of a run of its own, as `dsl run` has, dies with it; the lock is for all."""
    key, queue = uuid4().hex, f"own-{uuid4().hex}"
    own = Runs(runs.client, queue, runs.store)
    async with Worker(runs.client, task_queue=queue, plugins=[FlowPlugin(TOOLS, store=runs.store)]):
        holder = await own.start(NEVER, {"key": key})
        await holding(holder)
        waiting = [await runs.start(AT_ONCE, {"key": key}) for _ in range(3)]
        for run in waiting:
            await run.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
        await holder.handle.cancel()
        assert await holder.ending() is not None
    for run in waiting:
        assert await run.value() == key
    await free_again(runs, key)
    assert calls[key] == 4


async def test_who_waits_asks_again_where_the_lock_is_gone(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "FIRST_WAIT", 1)
    key = uuid4().hex
    holder = await runs.start(NEVER, {"key": key})
    await holding(holder)
    waits = await runs.start(AT_ONCE, {"key": key})
    await waits.seen(lambda view: any(note.kind == "waiting" for note in view.notes) or None)
    await runs.client.get_workflow_handle(lock_id(f"block/{key}")).terminate("a test")
    assert await waits.value() == key
    await holder.handle.cancel()
    assert await holder.ending() is not None


async def test_two_in_opposite_order_wait_no_longer_than_they_said(runs: Runs) -> None:
    """At least one gives up; and then both locks are free."""
    one, other = uuid4().hex, uuid4().hex
    flow = (
        HEAD
        + """
    flow main(first: text, second: text) -> text {
      exclusive by first within 1m {
        step door.nap(milliseconds: 500)
        exclusive by second within 1s { step call.alone(name: "both") }
      }
      return "had both"
    }
    """
    )
    there = await runs.start(flow, {"first": one, "second": other})
    back = await runs.start(flow, {"first": other, "second": one})
    kinds = [getattr(await run.ending(), "type", "") for run in (there, back)]
    assert LOCK_TIMED_OUT in kinds
    for key in (one, other):
        await free_again(runs, key)


async def test_nobody_is_forgotten_when_the_lock_continues_as_new(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "MOST_EVENTS", 20)
    key = uuid4().hex
    all_runs = [await runs.start(AT_ONCE, {"key": key}, eagerly=number % 2 == 0) for number in range(8)]
    for run in all_runs:
        assert await run.value() == key
    assert calls[key] == 8


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_hundred_want_one_lock(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    """One at a time, nobody forgotten. What it takes is printed; what does not depend on the machine is bounded."""
    key = uuid4().hex
    free = HEAD + "flow main(key: text) -> text { step first = call.alone(name: text(uuid())) return key }\n"
    plain, plainly = await timed(runs, free, {"key": f"free {key}"})
    locked, exclusively = await timed(runs, AT_ONCE, {"key": key})
    assert calls[key] == CONTENDERS
    own = sum([len(await run.events()) for run in locked]) - sum([len(await run.events()) for run in plain])
    handle = runs.client.get_workflow_handle(lock_id(f"block/{key}"))
    history = LiveRun(runs.client, handle.id, (await handle.describe()).run_id or "")
    of_lock = len(await history.events())
    asked = len(await history.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED))
    with capsys.disabled():
        print(
            f"\n{CONTENDERS} runs of one step: {plainly:.2f} s; each alone, by `exclusive`: {exclusively:.2f} s,"
            f" {1000 * exclusively / CONTENDERS:.0f} ms a turn, {exclusively / plainly:.1f} times as long;"
            f" {own / CONTENDERS:.1f} events more in each run, {of_lock / CONTENDERS:.1f} of the lock"
            f" ({asked} signals in its last execution)"
        )
    assert (own + of_lock) / CONTENDERS < MOST_EVENTS


async def timed(runs: Runs, flow: str, given: dict[str, str]) -> tuple[list[LiveRun], float]:
    began = time.monotonic()
    found = [await runs.start(flow, given) for _ in range(CONTENDERS)]
    for run in found:
        await run.value(200)
    return found, time.monotonic() - began


async def test_a_holder_that_leaves_while_another_is_asked_after(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LEASE", lock.timedelta(milliseconds=200))
    first, second, waits = (LockRequest("a lock", f"gone-{uuid4().hex}", "", name, 2) for name in "abc")
    asked: list[str] = []

    @activity.defn(name=OVER_SINCE_ACTIVITY)
    async def over_since(request: LockRequest) -> float | None:
        """Both still run, and the other one leaves meanwhile."""
        asked.append(request.command)
        await handle.signal(LEAVE_LOCK_SIGNAL, second)
        await asyncio.sleep(0.5)
        return None

    queue = uuid4().hex
    async with Worker(
        runs.client, task_queue=queue, workflows=[lock.LockWorkflow], activities=[over_since], **RECOMMENDED
    ):
        begun = LockInput("a lock", [first, second], [waits])
        handle = await runs.client.start_workflow(LOCK_WORKFLOW, begun, id=f"lock-{queue}", task_queue=queue)

        async def has_asked() -> bool | None:
            return bool(asked) or None

        await eventually(has_asked)
        await asyncio.sleep(1)
        await handle.signal(LEAVE_LOCK_SIGNAL, first)
        await asyncio.wait_for(handle.result(), 20)
    assert asked[0] == "a"
    assert "b" not in asked
