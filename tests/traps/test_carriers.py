"""Slow tools beside work that goes on: they are carried, and the run continues as new meanwhile."""

from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import CancelledError

from interpreter.boundary.names import CARRIER
from interpreter.client.outcome import result_of
from interpreter.worker.orphans import Orphans
from interpreter.workflow import limits, outliving
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.carrying import UNDONE, begun, beside, calls_behind, carrier_of, carriers, continued
from tests.traps.tools import calls, doors

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def name() -> str:
    return f"door {uuid4().hex[:8]}"


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize(
    ("how", "comes_to"), [("answers", "answers"), ("refuses", "refused: not now"), ("much", "x" * 3_000_000)]
)
async def test_what_a_carried_call_comes_to(runs: Runs, name: str, how: str, comes_to: str, eagerly: bool) -> None:
    run = await runs.start(beside(), {"name": name, "how": how}, eagerly=eagerly)
    await begun(run, name)
    if eagerly:
        await continued(run, 3)
    doors[name].set()
    whole = await result_of(runs.client, runs.client.get_workflow_handle(run.id), runs.store)
    assert whole.value == comes_to
    key = f"{run.id}/{run.first_run}/main/try#1/body/parallel#1/ended"
    assert {each: times for each, times in calls.items() if each.startswith(name)} == {f"{name} {key} of {run.id}": 1}


@pytest.mark.parametrize("eagerly", [False, True])
async def test_what_nobody_knows_of_a_carried_write_is_a_doubt(runs: Runs, name: str, eagerly: bool) -> None:
    run = await runs.start(beside(), {"name": name, "how": "breaks"}, eagerly=eagerly)
    await begun(run, name)
    if eagerly:
        await continued(run)
    doors[name].set()
    failure = await run.failure()
    assert (failure.kind, calls_behind(name)) == ("OutcomeUnknown", 1)
    assert "broken" in failure.message


@pytest.mark.slow
async def test_what_is_known_to_have_failed_is_tried_again(runs: Runs, name: str) -> None:
    run = await runs.start(beside("idempotent"), {"name": name, "how": "breaks"}, eagerly=True)
    await begun(run, name)
    await continued(run)
    doors[name].set()
    failure = await run.failure()
    assert (failure.kind, calls_behind(name)) == ("Undeclared", 3)


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [False, True])
async def test_a_cancel_reaches_the_tool_of_a_carrier(runs: Runs, name: str, eagerly: bool) -> None:
    run = await runs.start(UNDONE.replace("EFFECT", "write final"), {"name": name}, eagerly=eagerly)
    await begun(run, name)
    if eagerly:
        await continued(run)
    await carrier_of(runs, run)
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)
    assert calls[f"{name} undone"] == 1
    assert [await status(runs, run)] == [WorkflowExecutionStatus.FAILED]


async def status(runs: Runs, run: LiveRun) -> WorkflowExecutionStatus | None:
    """Of its carrier."""
    query = f"WorkflowType = '{CARRIER}' AND WorkflowId STARTS_WITH '{run.id}/'"
    (found,) = [each async for each in runs.client.list_workflows(query)]
    return (await runs.client.get_workflow_handle(found.id).describe()).status


@pytest.mark.slow
async def test_a_carrier_whose_run_was_terminated_is_an_orphan(runs: Runs, name: str) -> None:
    run = await runs.start(UNDONE.replace("EFFECT", "write final"), {"name": name}, eagerly=True)
    await begun(run, name)
    await continued(run)
    looking = Orphans(runs.client, runs.task_queue)
    assert await looking.look() == []
    await run.handle.terminate()
    left = await carrier_of(runs, run)

    async def look() -> list[str] | None:
        return await looking.look() or None

    assert await eventually(look) == [left]

    async def over() -> bool | None:
        return await carriers(runs, run) == [] or None

    assert await eventually(over)


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [False, True])
async def test_of_a_carrier_that_was_terminated_nobody_knows(
    runs: Runs, name: str, eagerly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outliving, "FIRST_CHECK", limits.ONE_MOMENT)
    run = await runs.start(beside(), {"name": name, "how": "answers"}, eagerly=eagerly)
    await begun(run, name)
    if eagerly:
        await continued(run)
    carrier = await carrier_of(runs, run)
    await runs.client.get_workflow_handle(carrier).terminate()
    doors[name].set()
    assert (await run.failure()).kind == "OutcomeUnknown"


async def test_a_run_that_is_full_continues_while_a_slow_tool_works(
    runs: Runs, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HARD_EVENTS", 40)
    run = await runs.start(beside(), {"name": name, "how": "answers"})
    await begun(run, name)
    await continued(run, 3)
    doors[name].set()
    assert await run.value() == "answers"


@pytest.mark.slow
async def test_an_ordinary_flow_carries_nothing(runs: Runs, name: str) -> None:
    few = beside().replace("budget 1000 iterations", "budget 20 iterations")
    for text in (few, beside().replace("40m", "5m")):
        doors[name].set()
        run = await runs.start(text, {"name": name, "how": "answers"})
        assert await run.value() == "answers"
        assert await run.events(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) == []
