"""Who lacks the key is told so, with its id; a run waits for a worker that has it, and nothing is called twice."""

import asyncio
import logging
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.worker import Worker

from interpreter.activities.errors import ToolError
from interpreter.client.client import Client, connect_embedded
from interpreter.client.errors import NoWorker, RunStuck
from interpreter.client.listing import why_stuck
from interpreter.client.retold import retold
from interpreter.encryption.errors import MissingKey, WrongKey
from interpreter.encryption.keyring import Key, Keyring
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

OLD, NEW = Key.new("old"), Key.new("new")
FLOW = """
edition 1
tool book.write(word: text) -> text write { compensate none "it stays written" }
flow main(word: text) -> text {
  step first = book.write(word: word)
  await approval ok "Write {{ word }} again?" { from "team" timeout 5m then reject }
  step second = book.write(word: word)
  return second
}
"""
written: list[str] = []


@tool("book.write")
def write(word: str) -> str:
    written.append(word)
    return word


@tool("book.refuse")
def refuse(word: str) -> str:
    raise ToolError("Closed", f"no more {word}")


@pytest.fixture(autouse=True)
def _nothing_written() -> None:
    written.clear()


async def connected(state: Path, *keys: Key) -> Client:
    return await connect_embedded(state, store=MemoryStore(), keys=Keyring(keys))


def worker(client: Client, queue: str, **settings: Any) -> Worker:
    return Worker(client.temporal, task_queue=queue, plugins=[FlowPlugin([write], store=client.store)], **settings)


async def asked(run: Any) -> bool | None:
    try:
        return bool((await run.state()).questions) or None
    except (NoWorker, RunStuck):
        return None


async def test_a_client_without_the_key_is_told_its_id(state: Path) -> None:
    queue = f"queue-{uuid4()}"
    client, other = await connected(state, OLD), await connected(state)
    async with worker(client, queue):
        run = await client.submit(FLOW, {"word": "a"}, task_queue=queue)
        await eventually(lambda: asked(run))
        for look in (other.run(run.id).state, other.run(run.id).approvals):
            with pytest.raises(
                MissingKey,
                match="with the key 'old', and the process that reads it has no key: add it to STEAD",
            ):
                await look()
        with pytest.raises(MissingKey):
            await (await other.run(run.id).describe()).memo()
        listed = {one.id: one async for one in other.runs()}
        assert listed[run.id].flow == "? (encrypted with the key old)"
        await run.approve("ok", by="ann", group="team")
        assert await run.result() == "a"
        with pytest.raises(MissingKey):
            await other.run(run.id).result()
        (untold,) = (await other.costs("run", run=run.id)).not_known
        assert untold.startswith(f"{run.id}: this is encrypted with the key 'old'")
        assert run.id in (await other.costs("run")).runs
    await client.close()
    await other.close()


async def test_a_key_is_replaced_while_a_run_waits(state: Path) -> None:
    queue = f"queue-{uuid4()}"
    before, after = await connected(state, OLD), await connected(state, NEW, OLD)
    async with worker(before, queue):
        run = await before.submit(FLOW, {"word": "b"}, task_queue=queue)
        await eventually(lambda: asked(run))
    async with worker(after, queue):
        later = after.run(run.id)
        await eventually(lambda: asked(later))
        await later.approve("ok", by="ann", group="team")
        assert await later.result() == "b"
        with pytest.raises(MissingKey, match="'new', and the process that reads it has only old"):
            await run.result()
    assert written == ["b", "b"]


@pytest.mark.slow
async def test_a_worker_without_the_key_leaves_runs_alone_and_says_why(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    queue = f"queue-{uuid4()}"
    client, other = await connected(state, OLD), await connected(state)
    run = await client.submit(FLOW, {"word": "c"}, task_queue=queue)
    async with worker(other, queue):

        async def stuck() -> str | None:
            return await why_stuck(client.temporal, client.run(run.id))

        assert "encrypted with the key 'old', and the process that reads it has no key" in await eventually(stuck)
    async with worker(client, queue):
        await eventually(lambda: asked(run))
        await run.approve("ok", by="ann", group="team")
        assert await run.result() == "c"


async def test_a_call_that_a_worker_cannot_decrypt_was_never_made_and_waits_for_another(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    queue = f"queue-{uuid4()}"
    client, other, again = await connected(state, OLD), await connected(state), await connected(state, OLD)
    deciding = worker(client, queue, no_remote_activities=True)
    tools = Worker(other.temporal, task_queue=queue, activities=_tools_of(other))
    async with deciding:
        run = await client.submit(FLOW, {"word": "d"}, task_queue=queue)
        async with tools:

            async def waits() -> str | None:
                steps = (await run.state()).steps
                return next((step.detail for step in steps if "encrypted with the key 'old'" in step.detail), None)

            assert await eventually(waits)
        async with worker(again, queue):
            await eventually(lambda: asked(run))
            await run.approve("ok", by="ann", group="team")
            assert await run.result() == "d"
    assert written == ["d", "d"]


def _tools_of(client: Client) -> list[Any]:
    from temporalio import activity

    @activity.defn(name="book.write")
    async def plain(arguments: dict[str, str]) -> str:
        return write(**arguments)

    return [plain]


async def test_what_failures_said_is_read_from_histories(state: Path) -> None:
    queue = f"queue-{uuid4()}"
    client, other = await connected(state, OLD), await connected(state)
    flow = """
edition 1
tool book.refuse(word: text) -> text read { errors Closed }
flow main(word: text) -> text {
  try { step first = book.refuse(word: word) } on error { sleep 1ms }
  await approval ok "Go on?" { from "team" timeout 5m then reject }
  return word
}
"""
    async with Worker(client.temporal, task_queue=queue, plugins=[FlowPlugin([refuse], store=client.store)]):
        run = await client.submit(flow, {"word": "f"}, task_queue=queue)
        await eventually(lambda: asked(run))
    assert "Closed: no more f" in [note.detail for note in await retold(run)]
    [told] = [note.detail for note in await retold(other.run(run.id)) if note.detail.startswith("Closed")]
    assert "encrypted with the key 'old'" in told


async def test_another_key_of_the_same_id_opens_nothing(state: Path) -> None:
    queue = f"queue-{uuid4()}"
    client, other = await connected(state, OLD), await connected(state, Key.new("old"))
    async with worker(client, queue):
        run = await client.submit(FLOW, {"word": "e"}, task_queue=queue)
        await eventually(lambda: asked(run))
        with pytest.raises(WrongKey, match="'old' that is not the one of that id here"):
            await other.run(run.id).state()
        await run.cancel()
        await asyncio.sleep(0)
