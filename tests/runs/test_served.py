"""Every run case on a real Temporal server, as it is and continuing as new at each quiescent point.

What a run comes to, every call outside with its key, the ledger and the notes must be what the simulation expects, in
its order, but for what runs side by side. The runs go side by side on one server, and all of them are over before the
first is looked at. A third of the cases is served by every run of the tests, each in one of the two ways; the slow
ones serve the others.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from zlib import crc32

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from interpreter.server.command import DYNAMIC_CONFIG, find_binary
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.runs.case import Case, Seen, all_cases
from tests.runs.order import differences, side_by_side
from tests.runs.patient import Patient
from tests.runs.served import PlannedProvider, Served, ServedRun

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

AT_ONCE = 12
TASK_QUEUE = "cases"
PLACED = {"calls": r" @(\S+)$", "ledger": r" (\S+)$", "trace": r" (\S*)$"}
"""What is compared line by line, with the place that stands in each."""
PLACES = ("loop", "parallel", "try", "approval", "event", "undo", "child")
Way = tuple[str, bool]
Runs = dict[Way, "asyncio.Task[tuple[Seen, ServedRun]]"]


def ways() -> Iterator[Any]:
    """Each case and whether it continues eagerly, in an order and with marks that no other case changes."""
    for eagerly in (False, True):
        for case in all_cases():
            usual = crc32(case.name.encode()) % 6 == (1 if eagerly else 0)
            name = f"{'continue' if eagerly else 'plain'}-{case.name}"
            yield pytest.param(case, eagerly, id=name, marks=() if usual else pytest.mark.slow)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def runs(request: pytest.FixtureRequest) -> AsyncIterator[Runs]:
    """A task for each case that is asked for, by name and whether it continues eagerly.

    All are over: while other tests run, nothing of these would move on, and their calls would be taken for lost.
    """
    settings = [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=find_binary(), dev_server_extra_args=settings, dev_server_log_level="error"
    )
    async with environment:
        served = Served(environment.client, TASK_QUEUE)
        store = MemoryStore()
        for case in all_cases():
            served.keep(case, store)
        plugin = FlowPlugin(provider=PlannedProvider(served), store=store)
        ours: Any = {"activities": [served.tool()], "plugins": [plugin], "interceptors": [Patient()]}
        async with Worker(environment.client, task_queue=TASK_QUEUE, **ours):
            places = asyncio.Semaphore(AT_ONCE)

            async def run(case: Case, eagerly: bool) -> tuple[Seen, ServedRun]:
                async with places:
                    return await served.run(case, continue_eagerly=eagerly)

            asked: list[Any] = [
                item for item in request.session.items if getattr(item, "function", None) is test_served
            ]
            planned = [(item.callspec.params["case"], item.callspec.params["eagerly"]) for item in asked]
            tasks = {(case.name, eagerly): asyncio.create_task(run(case, eagerly)) for case, eagerly in planned}
            await asyncio.wait(tasks.values())
            yield tasks


@pytest.mark.parametrize(("case", "eagerly"), list(ways()))
async def test_served(case: Case, eagerly: bool, runs: Runs) -> None:
    seen, _ = await runs[case.name, eagerly]
    served, simulated = seen.as_data(), case.expected
    assert _outcome(served) == _outcome(simulated)
    beside = side_by_side(case.definition)
    for part, place in PLACED.items():
        assert differences(simulated.get(part, []), served.get(part, []), beside, place) == []


@pytest.mark.slow
async def test_continuations_were_forced_everywhere(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    forced: Counter[str] = Counter()
    for (_, eagerly), task in runs.items():
        if eagerly:
            _, run = await task
            assert run.view is not None
            forced.update(run.view.continuations)
    with capsys.disabled():
        print("\nserver continuations: " + ", ".join(f"{place} {forced[place]}" for place in PLACES))
    assert all(forced[place] > 0 for place in PLACES)


def _outcome(seen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in seen.items() if name not in PLACED}
