"""kill -9 of the worker of both runs while one sends events to the other: each comes, and comes once.

worker-killed-while-a-run-sends-events
"""

import os
import signal
from functools import partial
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType

from tests.durability.emitting import EVENTS, SENDING, TAKING
from tests.durability.world import World, gone
from tests.live.runs import LiveRun, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]


async def test_what_a_run_sends_comes_once(world: World) -> None:
    runs = world.on("killed-while-events-are-sent")
    worker = await world.workers.start(runs.task_queue)
    taking = await runs.start(TAKING)
    sending = await runs.start(SENDING, {"to": taking.id})
    for killed_after in (8, 24):
        await eventually(partial(_has_taken, taking, killed_after))
        os.kill(worker, signal.SIGKILL)
        await gone(worker)
        worker = await world.workers.start(runs.task_queue)
    assert await sending.value() == "told"
    seen: Any = await taking.value()
    assert sorted(seen) == list(range(EVENTS))


async def _has_taken(run: LiveRun, least: int) -> bool | None:
    """By its history, which needs no worker."""
    taken = 0
    async for event in run.handle.fetch_history_events():
        taken += event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
    return taken >= least or None
