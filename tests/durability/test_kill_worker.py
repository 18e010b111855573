"""kill -9 of the worker in the middle of a run of ten tool steps, at ten random moments: another worker finishes it."""

import asyncio
import os
import random
import signal
from collections import Counter

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus

from tests.durability import tools
from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import LiveRun, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

RUNS, STEPS = 10, 10
LAST_HIT = 7
SEED = 20_261_121

FLOW = """
edition 1
tool books.post(amount: int) -> int write keyed {
  heartbeat 1s
  retry 5 times backoff 1s to 1s
  compensate none "a test"
}
flow main() -> int {
STEPS
  return SUM
}
""".replace("STEPS", "\n".join(f"  step s{n} = books.post(amount: {n})" for n in range(STEPS))).replace(
    "SUM", " + ".join(f"s{n}" for n in range(STEPS))
)


async def killed_in_the_middle(world: World, number: int) -> LiveRun:
    """A run whose worker is killed while, or just after, one of the first seven steps is carried out.

    The last three are left out: on a slow machine the run would be over before the kill.
    """
    chance = random.Random(SEED + number)
    runs = world.on(f"killed-{number}")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(FLOW)
    last = chance.randint(1, LAST_HIT)

    async def begun() -> bool | None:
        return True if len(await asyncio.to_thread(ask, "executions", run=run.id)) >= last else None

    await eventually(begun)
    await asyncio.sleep(chance.uniform(0, tools.STEP_SECONDS))
    os.kill(worker, signal.SIGKILL)
    await gone(worker)
    assert (await run.handle.describe()).status == WorkflowExecutionStatus.RUNNING
    await world.workers.start(runs.task_queue)
    return run


async def test_no_completed_step_runs_again_and_each_effect_is_there_once(world: World) -> None:
    runs = await asyncio.gather(*(killed_in_the_middle(world, number) for number in range(RUNS)))
    assert [await run.value() for run in runs] == [sum(range(STEPS))] * RUNS
    repeated = [await _check(run) for run in runs]
    assert sum(repeated) > 0, "no kill hit a step under way; choose another seed"


async def _check(run: LiveRun) -> int:
    """How many steps were begun a second time."""
    steps = [f"main/s{n}" for n in range(STEPS)]
    assert sorted(ask("effects", run=run.id)) == steps
    executions = Counter(step for step, _, _ in ask("executions", run=run.id))
    completed = await _completions(run)
    assert sorted(completed) == steps
    for step, _, at in ask("executions", run=run.id):
        assert at < completed[step], f"{step} was executed after its completion was in history"
    assert all(count <= 2 for count in executions.values()), executions
    return sum(count - 1 for count in executions.values())


async def _completions(run: LiveRun) -> dict[str, float]:
    """When each step was completed, by history."""
    events = await run.events()
    ids = {e.event_id: e.activity_task_scheduled_event_attributes.activity_id for e in events}
    return {
        ids[e.activity_task_completed_event_attributes.scheduled_event_id].split("~")[0]: e.event_time.ToNanoseconds()
        / 1e9
        for e in events
        if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    }
