"""Children and parents that have continued as new: each of these hangs a run without a word when it goes wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from interpreter.boundary.failures import NOT_CALLED
from interpreter.boundary.payloads import Spent
from interpreter.client.outcome import result_of
from interpreter.worker.plugin import FlowPlugin
from interpreter.workflow import limits, outliving
from tests.live.runs import LiveRun, Runs
from tests.traps.tools import TOOLS, calls

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOPING_CHILD = """
edition 1
tool call.count(name: text) -> int write { compensate call.count(name: name + " undone") }
flow inner(name: text) {
  step marked = call.count(name: name)
  loop rounds budget 1000 iterations { sleep 20ms }
}
flow main(name: text) {
  step below = inner(name: name)
}
"""

WAITING_CHILD = """
edition 1
flow inner() -> text {
  await approval go "Go?" { from "leads" timeout 1h then reject }
  return go.outcome
}
flow main() -> text {
  try {
    parallel {
      step below = inner()
      branch beside { for n in range(3) at most 3 { sleep 20ms } }
    }
  } on error e if e.kind == "RunLost" or e.kind == "NotCalled" {
    return e.kind
  }
  return below
}
"""


async def child_of(run: LiveRun) -> LiveRun:
    return run.child(await run.seen(lambda view: next((s.path for s in view.steps if s.node == "flow"), None)))


async def continued(run: LiveRun, times: int) -> None:
    await run.seen(lambda view: view.continuations.get("all", 0) >= times or None)


@pytest.mark.parametrize("eagerly", [True, False], ids=["both continued", "only the child continued"])
async def test_a_cancel_reaches_a_child_that_has_continued(
    runs: Runs, eagerly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HARD_EVENTS", 25)
    name = f"cancelled child {eagerly}"
    run = await runs.start(LOOPING_CHILD, {"name": name}, eagerly=eagerly)
    child = await child_of(run)
    await continued(child, 2)
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)
    assert isinstance(await child.ending(), CancelledError)
    assert calls[name] == 1
    assert calls[f"{name} undone"] == 1


@pytest.mark.parametrize(("calls_made", "said"), [(1, {"calls": 1}), (2, None)])
async def test_what_a_child_has_spent_is_charged_and_told_whether_it_stands_in_its_result_or_not(
    runs: Runs, calls_made: int, said: dict[str, int] | None
) -> None:
    """All that it was lent stands in what it began with."""
    run = await runs.start(COUNTING_CHILD, {"twice": calls_made == 2, "name": f"counted {uuid4().hex}"})
    assert await run.value() == calls_made
    child = run.child("main/below")
    assert (await runs.client.get_workflow_handle(child.id).result()).get("spent") == said
    for each in (run, child):
        whole = await result_of(runs.client, runs.client.get_workflow_handle(each.id), runs.store)
        assert whole.spent == Spent(calls=calls_made)


COUNTING_CHILD = """
edition 1
tool call.count(name: text) -> int write { compensate call.count(name: name + " undone") }
flow inner(name: text, twice: bool) -> int {
  step first = call.count(name: name)
  if not twice { return first }
  step second = call.count(name: name)
  return second
}
flow main(name: text, twice: bool) -> int {
  step below = inner(name: name, twice: twice)
  return below
}
"""

SPENDING_CHILD = """
edition 1
tool call.count(name: text) -> int read
flow inner(name: text) -> int {
  step first = call.count(name: name)
  step second = call.count(name: name)
  sleep 1h
  return second
}
flow main(name: text) -> int budget 1d, LIMIT 100k tokens {
  step below = inner(name: name)
  return below
}
"""


@pytest.mark.parametrize("limit", ["", "50 calls,"], ids=["no limit", "a lease"])
@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_a_cancelled_child_is_charged_what_it_spent(runs: Runs, eagerly: bool, limit: str) -> None:
    """Neither nothing nor all that it might have spent: it tells its parent before it ends as cancelled."""
    run = await runs.start(SPENDING_CHILD.replace("LIMIT", limit), {"name": uuid4().hex}, eagerly=eagerly)
    child = await child_of(run)
    await child.noted("completed second")
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)
    assert isinstance(await child.ending(), CancelledError)
    assert (await child.view()).spent.calls == 2
    view = await run.view()
    assert (view.spent.calls, view.spent.tokens) == (2, 0)


async def test_a_child_that_was_terminated_after_its_parent_continued_is_noticed(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outliving, "FIRST_CHECK", timedelta(milliseconds=300))
    run = await runs.start(WAITING_CHILD, eagerly=True)
    child = await child_of(run)
    await continued(run, 2)
    await child.handle.terminate("a test")
    assert await run.value() == "RunLost"


async def test_a_child_tells_a_parent_that_has_continued_how_it_ended(runs: Runs) -> None:
    run = await runs.start(WAITING_CHILD, eagerly=True)
    child = await child_of(run)
    await continued(run, 2)
    await child.answer((await child.question()).id)
    assert await run.value() == "approved"


async def test_a_child_whose_id_is_taken_fails_its_step(runs: Runs) -> None:
    late = Runs(runs.client, f"late-{uuid4().hex}", runs.store)
    run = await late.start(WAITING_CHILD)
    taken = run.child("main/try#1/body/parallel#1/below").id
    await runs.client.start_workflow("other", id=taken, task_queue="nobody")
    async with Worker(runs.client, task_queue=late.task_queue, plugins=[FlowPlugin(TOOLS, store=runs.store)]):
        assert await run.value() == NOT_CALLED


NAPPING = """
edition 1
flow inner() -> int { sleep 1500ms return 1 }
flow main() -> int { step below = inner() sleep 1500ms return below }
"""


@pytest.mark.slow
async def test_a_sleep_after_a_child_is_as_long_as_it_says(runs: Runs) -> None:
    run = await runs.start(NAPPING)
    assert await run.value() == 1
    times = [event.event_time.ToMilliseconds() for event in await run.events()]
    assert times[-1] - times[0] >= 3_000
