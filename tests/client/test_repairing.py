"""Repairs and what people settle, by the Python API, on a real server."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import Worker

from interpreter import api
from interpreter.activities.context import current
from interpreter.client.client import Client
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.client.test_client import until

FLOW = """edition 1
tool desk.open(name: text) -> { id: text } write keyed { compensate desk.close(id: result.id, name: name) }
tool desk.close(id: text, name: text) idempotent { retry 0 times }
tool bank.pay(name: text) -> { ref: text } write {
  compensate bank.repay(ref: result.ref, name: name) verify none "a test"
}
tool bank.repay(ref: text, name: text) write { compensate none "a test" verify none "a test" }
flow below(name: text) { step inside = desk.open(name: name) }
flow main(name: text, what: "undo" | "doubt" | "below" | "well" | "wait" | "unheard") {
  if what == "below" { step under = below(name: name) } else { step desk = desk.open(name: name) }
  if what == "doubt" { step paid = bank.pay(name: name) }
  if what == "unheard" { step repaid = bank.pay(name: "well " + name) }
  if what == "wait" { sleep 1h }
  if what != "well" { fail "changed my mind" }
}
"""
CALLS: Counter[str] = Counter()
KEYS: dict[str, set[str]] = {}
CLOSED: set[str] = set()


@tool("desk.open")
def open_desk(name: str) -> dict[str, str]:
    return {"id": f"d-{name}"}


@tool("desk.close")
def close_desk(id: str, name: str) -> None:
    CALLS[name] += 1
    KEYS.setdefault(name, set()).add(current().key)
    if name in CLOSED:
        raise RuntimeError("closed")


@tool("bank.pay")
def pay(name: str) -> dict[str, str]:
    if name.startswith("well"):
        return {"ref": name}
    raise RuntimeError("nobody heard of it")


@tool("bank.repay")
def repay(ref: str, name: str) -> None:
    CALLS[f"repay {name}"] += 1
    if name in CLOSED:
        raise RuntimeError("nobody heard of it")


@asynccontextmanager
async def working(client: Client) -> AsyncIterator[None]:
    plugin = FlowPlugin([open_desk, close_desk, pay, repay], store=client.store)
    async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
        yield


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Client]:
    async with await api.connect(state_dir=folder) as client, working(client):
        yield client


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repairs")
    (folder / "main.flow").write_text(FLOW)
    return folder


async def failed(client: Client, folder: Path, name: str, what: str) -> api.Run:
    CLOSED.update((name, f"well {name}"))
    run = await client.submit(folder / "main.flow", {"name": name, "what": what})
    with pytest.raises(api.RunFailed):
        await run.result()
    return run


def standing(repairs: api.Repairs) -> dict[str, str]:
    return {each.path.rsplit("/", 1)[-1]: each.standing for each in repairs.left or ()}


async def test_of_many_who_repair_at_once_one_does(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "many", "undo")
        assert (standing(await run.repairs()), CALLS["many"]) == ({"desk": "due"}, 1)
        CLOSED.discard("many")
        same = await asyncio.gather(*(run.repair() for _ in range(6)), return_exceptions=True)
        ids = {each.id for each in same if isinstance(each, api.Run)}
        assert len(ids) == 1
        assert {type(each) for each in same} <= {api.Run, api.NothingLeft}
        await client.run(ids.pop()).result()
        assert (CALLS["many"], len(KEYS["many"])) == (2, 1)
        with pytest.raises(api.NothingLeft, match="it is repaired"):
            await run.repair()
        repairs = await run.repairs()
        assert (repairs.left, [act.status for act in repairs.acts]) == ((), ["completed"])
        listed = {each.id: each.repairs async for each in client.runs()}
        assert listed[repairs.acts[0].id] == run.id


async def test_a_repair_that_fails_leaves_what_is_left_to_the_next(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "next", "undo")
        first = await run.repair()
        with pytest.raises(api.RunFailed, match="could not be undone"):
            await first.result()
        with pytest.raises(api.Unresolved, match=f"is a repair of the run {run.id}"):
            await first.repair()
        CLOSED.discard("next")
        second = await run.repair()
        await second.result()
        assert (first.id != second.id, CALLS["next"], len(KEYS["next"])) == (True, 3, 1)


async def test_what_nobody_knew_is_settled_once_and_told(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "doubt", "doubt")
        CLOSED.discard("doubt")
        assert standing(await run.repairs()) == {"desk": "due", "paid": "asked"}
        with pytest.raises(api.Unresolved, match="needs what"):
            await run.resolve("paid", done=True, by="ann")
        path = next(each.path for each in (await run.repairs()).left or () if each.path.endswith("/paid"))
        await asyncio.gather(
            run.resolve("paid", done=True, by="ann", result={"ref": "r-1"}),
            run.resolve(path, done=False, by="bob"),
            return_exceptions=True,  # who is last to say that it stands, of what another has closed, is refused
        )
        repairs = await run.repairs()
        assert standing(repairs) == {"desk": "due"}
        assert "bob" in [said.by for act in repairs.acts for said in act.resolutions]
        records = {act.id for act in repairs.acts}
        assert records.isdisjoint([each.id async for each in client.runs()])


async def test_what_is_said_twice_is_said_once(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "twice", "doubt")
        CLOSED.discard("twice")
        for _ in range(2):
            repairs = await run.resolve("paid", done=True, by="ann", note="seen", result={"ref": "r-2"})
            assert (len(repairs.acts), standing(repairs)) == (1, {"desk": "due", "paid": "due"})
        await (await run.repair()).result()
        assert (CALLS["repay twice"], CALLS["twice"]) == (1, 2)
        said = (await run.repairs()).acts[0].resolutions[0]
        assert (said.stands, said.by, said.note) == (True, "ann", "seen")


async def test_what_is_settled_counts_before_a_worker_comes(folder: Path) -> None:
    async with await api.connect(state_dir=folder) as client:
        async with working(client):
            run = await failed(client, folder, "alone", "doubt")
        CLOSED.discard("alone")
        repairs = await run.resolve("paid", done=False, by="ann")
        assert (standing(repairs), repairs.acts[0].status) == ({"desk": "due"}, "running")
        repairing = await run.repair()
        assert (await run.repairs()).under_way is not None
        with pytest.raises(api.RunUnderWay, match="is being repaired"):
            await run.resolve("desk", done=False, by="ann")
        async with working(client):
            await repairing.result()
        assert (await run.repairs()).left == ()


async def test_an_undo_that_nobody_heard_of_is_for_people(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "unheard", "unheard")
        CLOSED.clear()
        assert standing(await run.repairs()) == {"desk": "due", "repaid": "asked"}
        with pytest.raises(api.RunFailed):
            await (await run.repair()).result()
        assert CALLS["repay well unheard"] == 1
        await run.resolve("repaid", done=True, by="ann")
        await (await run.repair()).result()
        assert CALLS["repay well unheard"] == 2


async def test_what_is_not_repaired(folder: Path) -> None:
    async with served(folder) as client:
        well = await client.submit(folder / "main.flow", {"name": "w", "what": "well"})
        await well.result()
        with pytest.raises(api.NothingLeft, match="nothing is left of the run"):
            await well.repair()
        waits = await client.submit(folder / "main.flow", {"name": "u", "what": "wait"})
        with pytest.raises(api.RunUnderWay):
            await waits.repair()
        with pytest.raises(api.RunUnderWay):
            await waits.resolve("desk", done=True, by="ann")
        with pytest.raises(api.UnknownRun):
            await client.run("nobody").repair()
        await waits.cancel()
        with pytest.raises(api.RunCancelled):
            await waits.result()
        with pytest.raises(api.NothingLeft):
            await waits.repair()


async def test_what_a_called_flow_left_is_its_callers(folder: Path) -> None:
    async with served(folder) as client:
        run = await failed(client, folder, "under", "below")
        CLOSED.discard("under")
        child = await run.child("main/if#1/then/under")
        paths = [each.path for each in (await run.repairs()).left or ()]
        assert len(paths) == 1
        child = await run.child(paths[0].split("/below/")[0])
        with pytest.raises(api.Unresolved, match="repair that"):
            await child.repair()
        await (await run.repair()).result()
        assert CALLS["under"] == 2


async def test_what_a_terminated_run_has_done_is_undone_by_its_repair(folder: Path) -> None:
    async with served(folder) as client:
        run = await client.submit(folder / "main.flow", {"name": "broken-off", "what": "wait"})

        async def done() -> Any:
            return [entry.state for entry in (await run.state()).ledger]

        await until(done, lambda states: states == ["done"])
        await run.terminate("a test")
        assert standing(await run.repairs()) == {"desk": "due"}
        await (await run.repair()).result()
        assert CALLS["broken-off"] == 1
