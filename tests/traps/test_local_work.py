"""Work within a workflow task: it comes again in a replay as it came, and never makes the SDK end the task before it.

What the SDK ends early it takes for one task with the next, in a replay: whatever came between, comes then.
"""

import asyncio
import time
from itertools import pairwise

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer

from interpreter.boundary.failures import NOT_CALLED
from interpreter.boundary.names import EVALUATE_ACTIVITY, STATE_QUERY
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import SHORT_TASK, LiveRun, Runs

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

SIDE_BY_SIDE = """
edition 1
tool text.make(letters: int) -> text read
tool text.size(text: text) -> int read
flow main() -> [int] {
  step large = text.make(letters: 3000000)
  step small = text.make(letters: 100000)
  parallel for n in range(8) at most 8 as sizes {
    let first = if n in [0, 3, 4, 7] then len(split(large, "y")) else len(small)
    step one = text.size(text: "{{ first }}")
    let second = if n in [1, 3, 5] then len(replace(large, "x", "y")) else len(small)
    yield first + second + one
  }
  return sizes
}
"""


IN_TURN = """
edition 1
tool door.nap(milliseconds: int) -> int read quick
tool text.echo(text: text) -> text read
flow main() -> [int] {
  parallel {
    branch naps {
      var slept: [int] at most 12 = []
      for n in range(12) at most 12 { step nap = door.nap(milliseconds: 350) set slept = last(slept + [nap], 12) }
    }
    branch echoes { for n in range(60) at most 60 { step said = text.echo(text: "{{ n }}") sleep 50ms } }
  }
  return slept
}
"""
LONG = """
edition 1
tool text.make(letters: int) -> text read
tool text.echo(text: text) -> text read
flow main() -> int {
  step large = text.make(letters: 300000)
  parallel {
    branch work { let pairs = len(large) }
    branch echoes { for n in range(60) at most 60 { step said = text.echo(text: "{{ n }}") sleep 50ms } }
  }
  return pairs
}
"""


async def replayed(runs: Runs, run: LiveRun) -> None:
    replayer = Replayer(workflows=[], plugins=[FlowPlugin(store=runs.store)])
    await replayer.replay_workflow(await run.handle.fetch_history())


OWN = {EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, EventType.EVENT_TYPE_MARKER_RECORDED}


async def ended_early(run: LiveRun) -> int:
    """Workflow tasks that began right after another's own events: nothing had come that asked for one."""
    kinds = [event.event_type for event in await run.events()]
    return sum(
        before in OWN and kind == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED for before, kind in pairwise(kinds)
    )


async def test_evaluations_side_by_side_are_replayed_as_they_came(runs: Runs) -> None:
    for _ in range(5):
        run = await runs.start(SIDE_BY_SIDE)
        assert len(await run.value()) == 8
        assert len(await run.events(EventType.EVENT_TYPE_MARKER_RECORDED)) >= 16
        await replayed(runs, run)


async def test_quick_reads_in_turn_end_with_their_task(runs: Runs) -> None:
    run = await runs.start(IN_TURN)
    assert await run.value() == [350] * 12
    assert await ended_early(run) == 0
    assert len(await run.events(EventType.EVENT_TYPE_MARKER_RECORDED)) == 12, "none was made elsewhere"
    await replayed(runs, run)


async def test_a_question_ends_no_task_in_which_work_is_under_way(runs: Runs) -> None:
    """Nor is it lost."""
    run = await runs.start(IN_TURN)
    ending = asyncio.create_task(run.value())
    asked = 0
    while not ending.done():
        await run.handle.query(STATE_QUERY, 0)
        asked += 1
        await asyncio.wait([ending], timeout=0.03)
    assert await ending == [350] * 12
    assert asked > 20
    assert await run.events(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED) == []
    assert await ended_early(run) == 0
    await replayed(runs, run)


async def test_an_evaluation_that_takes_long_goes_on_elsewhere(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is slow."""
    assert isinstance(runs.store, MemoryStore)
    get = runs.store.get

    def slowly(digest: str) -> bytes:
        time.sleep(SHORT_TASK.total_seconds())
        return get(digest)

    monkeypatch.setattr(runs.store, "get", slowly)
    run = await runs.start(LONG)
    assert await run.value() == 300_000
    assert await ended_early(run) == 0
    scheduled = await run.events(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    names = {event.activity_task_scheduled_event_attributes.activity_type.name for event in scheduled}
    assert EVALUATE_ACTIVITY in names
    await replayed(runs, run)


NOBODYS = """
edition 1
tool text.make(letters: int) -> text read
tool text.nobody(text: text) -> int read quick
flow main() -> text {
  step some = text.make(letters: 20000)
  let large = join([some for n in range(120)])
  try { step size = text.nobody(text: large) } on error e { return e.kind }
  return "never"
}
"""


async def test_a_quick_call_too_large_to_be_made_elsewhere_is_not_made(runs: Runs) -> None:
    assert await (await runs.start(NOBODYS)).value() == NOT_CALLED


STUCK = """
edition 1
tool door.stuck(seconds: int) -> int read quick
tool door.refuse() -> int read quick { errors No }
flow main() -> int {
  parallel { step one = door.stuck(seconds: 1) step other = door.refuse() }
  return 1
}
"""


async def test_a_quick_read_that_heeds_no_cancel_is_not_made_again(runs: Runs) -> None:
    run = await runs.start(STUCK)
    assert (await run.failure()).kind == "No"
    assert await run.events(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) == []
    await replayed(runs, run)
