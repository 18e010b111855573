"""Parents and children that do not end by themselves: terminated on the server, so that they can tell nobody."""

from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from interpreter.boundary.failures import OUTCOME_UNKNOWN, RUN_LOST
from interpreter.boundary.names import WORKFLOW
from interpreter.boundary.payloads import RunInput
from interpreter.client.submission import prepare
from interpreter.worker import orphans
from interpreter.worker.orphans import Orphans
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import TOOLS, calls

pytestmark = pytest.mark.asyncio(loop_scope="session")

PARENT = """
edition 1
tool call.count(name: text) -> int write { compensate call.count(name: name + " undone") }
flow below(name: text) {
  step first = call.count(name: name)
  DOES
}
flow main(name: text) -> text budget 2h {
  try { step under = below(name: name) } on error e if HANDLER { return "{{ e.kind }}: {{ e.message }}" }
  return "completed"
}
"""
WAITS = "sleep 1h"
DOOR = 'tool door.pass(name: text) -> text write { timeout 1h compensate none "a test" verify none "a test" }\n'


async def below(run: LiveRun) -> LiveRun:
    child = run.child(await run.seen(lambda view: next((s.path for s in view.steps if s.node == "flow"), None)))
    await child.seen(lambda view: True)
    return LiveRun(child.client, child.id, (await child.handle.describe()).run_id)


async def waiting(run: LiveRun, node: str) -> None:
    await run.seen(lambda view: any(step.node == node for step in view.steps) or None)


async def test_parent_terminated_so_its_child_is_cancelled_and_undone(runs: Runs) -> None:
    name = "orphan"
    flow = PARENT.replace("DOES", WAITS).replace("HANDLER", "false")
    flow = flow.replace("step under = below(name: name) }", "step under = middle(name: name) }", 1)
    flow += "flow middle(name: text) { step under = below(name: name) }\n"
    run = await runs.start(flow, {"name": name})
    middle = await below(run)
    under = await below(middle)
    await waiting(under, "sleep")
    looking = Orphans(runs.client, runs.task_queue)
    assert middle.id not in await looking.look()
    await run.handle.terminate("a test")

    async def found() -> bool | None:
        return middle.id in await looking.look() or None

    await eventually(found)
    assert isinstance(await middle.ending(), CancelledError)
    assert isinstance(await under.ending(), CancelledError)
    assert (calls[name], calls[f"{name} undone"]) == (1, 1)


async def test_a_worker_looks_by_itself(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "EVERY_SECONDS", 0.3)
    name = "found by its worker"
    alone = Runs(runs.client, f"it's {uuid4().hex}", runs.store)
    plugin = FlowPlugin(TOOLS, store=runs.store)
    async with Worker(runs.client, task_queue=alone.task_queue, plugins=[plugin]):
        run = await alone.start(PARENT.replace("DOES", WAITS).replace("HANDLER", "false"), {"name": name})
        child = await below(run)
        await waiting(child, "sleep")
        await run.handle.terminate("a test")
        assert isinstance(await child.ending(), CancelledError)
    assert (calls[name], calls[f"{name} undone"]) == (1, 1)


async def test_a_run_that_takes_the_id_of_a_terminated_one_has_children_of_its_own(runs: Runs) -> None:
    flow = PARENT.replace("DOES", WAITS).replace("HANDLER", "false")
    run = await runs.start(flow, {"name": "before"}, id=f"taken-{uuid4().hex}")
    left = await below(run)
    await waiting(left, "sleep")
    await run.handle.terminate("a test")
    again = await runs.start(flow, {"name": "after"}, id=run.id)
    await waiting(own := await below(again), "sleep")
    assert own.id != left.id
    await left.handle.cancel()
    assert isinstance(await left.ending(), CancelledError)
    assert (calls["before"], calls["before undone"]) == (1, 1)
    assert (await again.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await waiting(own, "sleep")
    await again.handle.cancel()
    assert isinstance(await again.ending(), CancelledError)
    assert (calls["after"], calls["after undone"]) == (1, 1)


@workflow.defn(name="somebody-elses", sandboxed=False)
class SomebodyElses:
    @workflow.run
    async def run(self, given: RunInput) -> None:
        await workflow.start_child_workflow(
            WORKFLOW, given, id="left-on-purpose", parent_close_policy=workflow.ParentClosePolicy.ABANDON
        )


async def test_a_flow_that_somebody_elses_workflow_left_behind_is_left_alone(runs: Runs) -> None:
    given = prepare(runs.store, PARENT.replace("DOES", WAITS).replace("HANDLER", "false"), None, {"name": "left"}).input
    async with Worker(runs.client, task_queue="somebody-elses", workflows=[SomebodyElses]):
        given_queue = {"task_queue": "somebody-elses", "id": f"other-{uuid4().hex}"}
        await runs.client.execute_workflow(SomebodyElses.run, given, **given_queue)
    left = LiveRun(runs.client, "left-on-purpose", "")
    looking = Orphans(runs.client, "somebody-elses")

    async def listed() -> bool | None:
        return left.id in [child.id for child in await looking._children()] or None

    await eventually(listed)
    assert await looking.look() == []
    await left.handle.terminate("a test")


async def test_what_a_terminated_child_did_is_undone_by_its_parent(runs: Runs) -> None:
    name = "lost"
    flow = PARENT.replace("DOES", WAITS).replace("HANDLER", f'e.kind == "{RUN_LOST}"')
    run = await runs.start(flow, {"name": name})
    child = await below(run)
    await waiting(child, "sleep")
    await child.handle.terminate("a test")
    told = str(await run.value())
    assert told.startswith(f"{RUN_LOST}: the run {child.id} was terminated")
    assert (calls[name], calls[f"{name} undone"]) == (1, 1)


async def test_what_a_terminated_child_had_under_way_is_a_doubt_of_its_parent(runs: Runs) -> None:
    name = "lost in the middle"
    flow = PARENT.replace("DOES", "step passed = door.pass(name: name)").replace("HANDLER", f'e.kind == "{RUN_LOST}"')
    run = await runs.start(flow + DOOR, {"name": name})
    child = await below(run)
    await waiting(child, "tool")
    await child.seen(lambda view: any(entry.tool == "door.pass" for entry in view.ledger) or None)
    await child.handle.terminate("a test")
    failure = await run.failure()
    assert failure.kind == OUTCOME_UNKNOWN
    assert "below/passed" in failure.message
    assert calls[f"{name} undone"] == 1
