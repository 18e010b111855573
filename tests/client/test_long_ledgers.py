"""A ledger that is longer than what the server takes: it lies in the store, and nothing of it is lost on any way.

Each of the writes is undone with what was there before, 60 KB of it: forty have more than the two megabytes that an end
may have.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.worker import Worker

from interpreter import api
from interpreter.boundary import ledgers, parts
from interpreter.boundary.names import MEMO_DOUBTS
from interpreter.client.client import Client
from interpreter.converter import queries
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.client.test_client import until

WRITES = 40
FLOW = """edition 1
tool page.save(run: text, number: int) -> { before: text } write keyed {
  compensate page.restore(run: run, number: number, body: result.before)
}
tool page.restore(run: text, number: int, body: text) idempotent { retry 0 times }
flow save(run: text, how: text) -> text {
  parallel for number in range(40) up to 20 { step page.save(run: run, number: number) }
  if how == "called waits" { sleep 1h }
  if how == "called fails" { fail "the called one" }
  return run
}
flow main(run: text, how: "well" | "fails" | "called fails" | "called waits") -> text {
  step saved = save(run: run, how: how)
  if how == "fails" { fail "the caller" }
  return saved
}
"""
RESTORED: dict[str, list[int]] = {}
SHUT: set[str] = set()


@tool("page.save")
def save(run: str, number: int) -> dict[str, str]:
    return {"before": f"{run} {number} " + "lorem ipsum " * 5000}


@tool("page.restore")
def restore(run: str, number: int, body: str) -> None:
    if run in SHUT:
        raise RuntimeError("shut")
    assert body.startswith(f"{run} {number} lorem")
    assert len(body) > 60_000
    RESTORED.setdefault(run, []).append(number)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Client]:
    (folder / "main.flow").write_text(FLOW)
    async with await api.connect(state_dir=folder) as client:
        plugin = FlowPlugin([save, restore], store=client.store)
        async with Worker(client.temporal, task_queue="steadflow", plugins=[plugin]):
            yield client


async def ended(client: Client, folder: Path, how: str) -> tuple[api.Run, Any]:
    run = await client.submit(folder / "main.flow", {"run": how, "how": how}, flow="main")
    try:
        return run, await run.handle.result()
    except WorkflowFailureError:  # what it was is asked below, by what users call
        return run, None


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_every_way_has_the_whole_ledger(tmp_path: Path) -> None:
    everything = list(range(WRITES))
    async with served(tmp_path) as client:
        _, result = await ended(client, tmp_path, "well")
        assert ledgers.digest_of(result["ledger"]) is not None
        assert result["value"] == "well"

        # A caller undoes what the called flow has handed over, the last first.
        run, _ = await ended(client, tmp_path, "fails")
        with pytest.raises(api.RunFailed, match="the caller"):
            await run.result()
        assert sorted(RESTORED.pop("fails")) == everything

        # What a called flow could not undo is its caller's, and told by its end, by the list and by its repairs.
        SHUT.add("called fails")
        run, _ = await ended(client, tmp_path, "called fails")
        with pytest.raises(api.RunFailed, match="could not be undone") as caught:
            await run.result()
        assert [entry["state"] for entry in caught.value.detail.ledger] == ["undo_failed"] * WRITES
        assert await (await run.describe()).memo_value(MEMO_DOUBTS) == WRITES
        with pytest.raises(api.RunFailed, match="lies in a store that this client does not have"):
            await replace(run, store=MemoryStore()).result()

        # A repair begins with all of it.
        repairs = await run.repairs()
        assert [each.standing for each in repairs.left or ()] == ["due"] * WRITES
        SHUT.clear()
        await (await run.repair()).result()
        assert sorted(RESTORED.pop("called fails")) == everything


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_run_that_is_asked_tells_all_of_it(tmp_path: Path) -> None:
    """The answer of a query has more than the server lets through, and is told in parts; also to who has called it."""
    async with served(tmp_path) as client:
        run = await client.submit(tmp_path / "main.flow", {"run": "t", "how": "called waits"}, flow="main")
        below = await run.child("main/saved")

        async def all_of_it() -> list[Any]:
            try:
                found = await below.left_behind()
            except api.ClientError:  # it has not begun yet
                return []
            return found if [each["state"] for each in found] == ["done"] * WRITES else []

        assert len(str(await until(all_of_it, bool))) > 2_400_000
        await below.handle.terminate("by the test")
        with pytest.raises(api.RunFailed, match="RunLost"):
            await run.result()
        assert sorted(RESTORED.pop("t")) == list(range(WRITES))


def test_parts_are_put_together_again_unless_they_are_torn() -> None:
    content = Random(1).randbytes(3_000_000)
    first = parts.part_of(content, 0)
    rest = [parts.part_of(content, number) for number in range(1, first.parts)]
    assert (first.parts, queries.joined([first, *rest])) == (5, content)
    with pytest.raises(queries.Torn):
        queries.joined([first, *rest[:-1], replace(rest[-1], digest="0" * 64)])


def test_an_entry_is_no_row_and_a_row_no_entry() -> None:
    row = ledgers.row_of("a" * 64, 3_000_000)
    assert ledgers.digest_of(row) == "a" * 64
    assert ledgers.digest_of([{"$type": "Entry", "kept": "a" * 64}]) is None
    assert ledgers.digest_of([*row, *row]) is None
    assert (ledgers.digest_of([]), ledgers.digest_of(None)) == (None, None)


@pytest.mark.parametrize("space", [b"", b" "])
def test_what_a_payload_speaks_of_is_found_wherever_it_stands(space: bytes) -> None:
    row = b'[{"$type":%s"KeptLedger",%s"kept":%s"%s",%s"size":%s3}]' % (space, space, space, b"b" * 64, space, space)
    assert list(ledgers.named_in(b'{"failure": {}, "ledger":' + row + b"}")) == ["b" * 64]
    assert list(ledgers.named_in(b'{"kept": "' + b"b" * 64 + b'"}')) == []
