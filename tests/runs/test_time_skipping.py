"""Days of waiting in seconds: on Temporal's test server, whose clock jumps to the next timer while nothing works."""

import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio import service
from temporalio.api.testservice.v1 import LockTimeSkippingRequest, UnlockTimeSkippingRequest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import RunView
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import Runs

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = 86_400

ESCALATED = """
edition 1
flow main() -> { outcome: text, days: int } {
  let begun = now()
  await approval go "Go on?" {
    remind every 25h
    from "leads" timeout 3d then ask
    from "managers" timeout 4d then reject
  }
  return { outcome: go.outcome, days: round((now() - begun) / 1d) }
}
"""

SLEEPS_A_MONTH = """
edition 1
flow main() -> text {
  await approval go "Go on?" { from "leads" timeout 3d then approve }
  sleep 30d
  return "{{ go.outcome }} {{ go.approved }}"
}
"""


MONTHLY = """
edition 1
tool calendar.tick(month: int) -> int idempotent
flow main() -> [int] budget 400d {
  var seen: [int] = []
  loop monthly budget 12 iterations {
    sleep 30d
    step month = calendar.tick(month: len(seen) + 1)
    set seen = seen + [month]
  } on exhausted { return seen }
}
"""

OVER_BUDGET = """
edition 1
flow main() -> text {
  loop waiting budget 10 iterations, 5d { sleep 2d } on exhausted { return "five days are over" }
}
"""


@tool("calendar.tick")
async def tick(month: int) -> int:
    return month


@dataclass
class Days:
    """Runs whose days pass in milliseconds."""

    runs: Runs
    clock: service.TestService

    async def pass_for(self, flow: str, *, eagerly: bool = False) -> tuple[JSON, RunView]:
        """What a flow returns, and how its run looks in the end. The clock jumps only meanwhile."""
        run = await self.runs.start(flow, eagerly=eagerly)
        await self.clock.unlock_time_skipping(UnlockTimeSkippingRequest())
        try:
            value = await run.value()
        finally:
            await self.clock.lock_time_skipping(LockTimeSkippingRequest())
        return value, await run.view()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def days() -> AsyncIterator[Days]:
    binary = Path(sys.executable).parent / "temporal-test-server"
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(binary)) as environment:
        runs = Runs(environment.client, "days")
        plugin = FlowPlugin([tick], store=runs.store)
        async with Worker(environment.client, task_queue=runs.task_queue, plugins=[plugin]):
            yield Days(runs, environment.client.test_service)


@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_nobody_answers_for_a_week(days: Days, eagerly: bool) -> None:
    value, view = await days.pass_for(ESCALATED, eagerly=eagerly)
    assert value == {"outcome": "timed_out", "days": 7}
    kinds = Counter(note.kind for note in view.notes if note.node == "approval")
    assert kinds == {"asked": 1, "reminded": 6, "escalated": 1, "timed_out": 1}


async def test_a_timeout_approves_and_a_month_passes(days: Days) -> None:
    value, view = await days.pass_for(SLEEPS_A_MONTH)
    assert value == "timed_out true"
    assert round((view.notes[-1].at - view.notes[0].at) / DAY) == 33


@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_once_a_month_for_a_year(days: Days, eagerly: bool) -> None:
    value, view = await days.pass_for(MONTHLY, eagerly=eagerly)
    assert value == list(range(1, 13))
    assert round((view.notes[-1].at - view.started) / DAY) == 360


async def test_a_budget_of_days_ends_a_loop_in_the_middle_of_a_sleep(days: Days) -> None:
    value, view = await days.pass_for(OVER_BUDGET)
    assert value == "five days are over"
    assert round((view.notes[-1].at - view.started) / DAY) == 5
