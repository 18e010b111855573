"""A run that waits is moved to another text of its flow, by the Python API, on a real server."""

from pathlib import Path

import pytest
from temporalio.worker import Replayer, Worker

from interpreter import api
from interpreter.client.client import Client
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.client.test_client import asked

FLOW = """edition 1
tool desk.open(name: text) -> { id: text } write keyed { compensate desk.close(id: result.id) }
tool desk.close(id: text) idempotent
flow below(name: text) -> text {
  await approval inner "Inside?" { from "leads" timeout 1d then reject }
  return "{{ name }} {{ inner.approved }}"
}
flow main(name: text, deep: bool = false) -> text budget 9d {
  step desk = desk.open(name: name)
  if deep { step under = below(name: name) return under + "" }
  await approval ok "Go on?" { from "leads" timeout 1d then reject }
  if not ok.approved { fail "no" }
  return "old {{ desk.id }}"
}
"""
NEW = FLOW.replace(
    'return "old {{ desk.id }}"', 'step other = desk.open(name: "b") return "new {{ desk.id }} {{ other.id }}"'
)
OPENED: list[str] = []
CLOSED: list[str] = []


@tool("desk.open")
def open_desk(name: str) -> dict[str, str]:
    OPENED.append(name)
    return {"id": f"d-{name}"}


@tool("desk.close")
def close_desk(id: str) -> None:
    CLOSED.append(id)


async def moved_and_ended(client: Client, folder: Path) -> None:
    run = await client.submit(folder / "main.flow", {"name": "a"})
    await asked(run)
    (folder / "main.flow").write_text(NEW)
    before = await run.state()
    moved = await run.upgrade(folder / "main.flow", by="ada", note="the second desk")
    after = await run.state()
    assert (moved.before, moved.now, moved.by) == (before.hash, after.hash, "ada")
    assert [(each.note, each.refused) for each in after.moves] == [("the second desk", "")]
    assert (await run.describe()).raw_description.workflow_execution_info.execution.run_id != await run.first_run_id()
    assert (await (await run.describe()).memo())["steadflow.hash"] == after.hash
    found = [each.id async for each in client.runs(flow="main")]
    assert found == [run.id]
    again = await run.upgrade(folder / "main.flow", by="bob")
    assert (again.before, len((await run.state()).moves)) == (after.hash, 1)
    await run.approve("ok", by="lena", group="leads")
    assert await run.result() == "new d-a d-b"
    assert OPENED == ["a", "b"]
    assert (await run.state()).moves == after.moves
    with pytest.raises(api.MoveRefused, match="completed"):
        await run.upgrade(folder / "main.flow", by="ada")
    history = await run.handle.fetch_history()
    await Replayer(workflows=[], plugins=[FlowPlugin([open_desk, close_desk], store=client.store)]).replay_workflow(
        history
    )


async def refused(client: Client, folder: Path) -> None:
    (folder / "main.flow").write_text(FLOW)
    run = await client.submit(folder / "main.flow", {"name": "c"})
    await asked(run)
    for text, why in (
        (
            FLOW.replace("desk.open(name: name)", 'desk.open(name: "z")'),
            "it has passed `main/desk`, which is another now",
        ),
        (
            FLOW.replace("1d then reject }\n  if", "2d then reject }\n  if"),
            "it stands at `main/ok`, which is another now",
        ),
        (
            FLOW.replace("desk.close(id: text) idem", 'desk.close(id: text, why: text = "") idem'),
            "undone, needs `desk.close`",
        ),
    ):
        with pytest.raises(api.MoveRefused, match=why):
            await run.upgrade(text, by="ada")
    with pytest.raises(api.FlowRefused):
        await run.upgrade(FLOW.replace("desk.id }}", "desk.nothing }}"), by="ada")
    assert not (await run.state()).moves
    await run.cancel()
    with pytest.raises(api.RunCancelled):
        await run.result()


async def above_a_child(client: Client, folder: Path) -> None:
    """Who called a run that goes on moves; the run that was called does not."""
    CLOSED.clear()
    run = await client.submit(folder / "main.flow", {"name": "e", "deep": True})
    await asked(run)
    (path,) = (step.path for step in (await run.state()).steps if step.node == "flow")
    child = await run.child(path)
    with pytest.raises(api.MoveRefused, match="called by another run"):
        await child.upgrade(FLOW.replace('return "{{ name }}', 'return "new {{ name }}'), by="ada")
    text = FLOW.replace('return under + ""', 'fail "moved"')
    await run.upgrade(text, by="ada")
    await run.approve("inner", by="lena", group="leads")
    with pytest.raises(api.RunFailed, match="moved"):
        await run.result()
    assert CLOSED == ["d-e"]


@pytest.mark.slow
async def test_a_run_is_moved_where_it_waits(tmp_path: Path) -> None:
    (tmp_path / "main.flow").write_text(FLOW)
    async with await api.connect(state_dir=tmp_path) as client:
        plugin = FlowPlugin([open_desk, close_desk], store=client.store)
        async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
            await moved_and_ended(client, tmp_path)
            await refused(client, tmp_path)
            await above_a_child(client, tmp_path)
