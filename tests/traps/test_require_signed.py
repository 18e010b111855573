"""A worker that begins only what is signed off, and a client that says nothing of it."""

from pathlib import Path

import pytest
from temporalio.worker import Worker

from interpreter.client.client import Client
from interpreter.worker import admission
from interpreter.worker.plugin import FlowPlugin
from tests.identity.project import Project, made_in
from tests.live.runs import LiveRun, Runs, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = """edition 1
flow below(x: text) -> text { sleep 10ms return "below {{ x }}" }
flow pay(x: text) -> text budget 1h {
  await event go: text from x timeout 30m else { return "nothing came" }
  step found = below(x: go)
  return found
}
"""
SECOND = FIRST.replace("nothing came", "nobody came")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("STEADFLOW_PEOPLE", raising=False)
    monkeypatch.setattr(admission, "EVERY_SECONDS", 0.05)
    made = made_in(tmp_path)
    made.pay.write_text(FIRST)
    return made


def worker(here: Runs, project: Project) -> Worker:
    plugin = FlowPlugin([], store=here.store, require_signed=[project.folder])
    return Worker(here.client, task_queue=here.task_queue, plugins=[plugin])


async def held(here: Runs, run: LiveRun) -> str:
    async def reason() -> str | None:
        found = [one.stuck async for one in Client(here.client, here.store).runs(stuck=True) if one.id == run.id]
        return found[0] if found else None

    return await eventually(reason)


@pytest.mark.slow
async def test_what_is_not_signed_off_waits_with_the_reason_and_begins_once_it_is(runs: Runs, project: Project) -> None:
    here = Runs(runs.client, "signed-waits", runs.store)
    async with worker(here, project):
        run = await here.start(FIRST, {"x": "a"}, main="pay")
        assert "is not signed off, so this worker does not begin it: nobody signed" in await held(here, run)
        project.sign("ben", "cleo", flow="pay")
        await run.seen(lambda view: True if view.status == "running" else None)
        await run.handle.cancel()
        await run.ending()


async def test_a_run_under_way_outlives_its_signature_and_calls_what_it_has(runs: Runs, project: Project) -> None:
    """After another version was signed, on a worker that has only just started."""
    here = Runs(runs.client, "signed-goes-on", runs.store)
    project.sign("ben", "cleo", flow="pay")
    async with worker(here, project):
        run = await here.start(FIRST, {"x": "a"}, main="pay")
        await run.seen(lambda view: True if view.status == "running" else None)
    project.pay.write_text(SECOND)
    project.sign("ben", "cleo", flow="pay")
    project.edit(lambda signed: signed.__delitem__(slice(0, len(signed) - 1)))
    async with worker(here, project):
        late = await here.start(FIRST, {"x": "b"}, main="pay")
        await Client(here.client, here.store).run(run.id).send("go", "now", key="a", by="ann")
        assert await run.value() == "below now"
        assert "nobody signed this version" in await held(here, late)
        await late.handle.terminate()
