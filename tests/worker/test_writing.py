"""What a model writes is seen while it writes, and it stops when nobody wants it any more: on a real server, over real
sockets.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from dsl.models.configured import Models
from dsl.models.providers import Served
from interpreter.cli.board import Board
from interpreter.cli.family import Family
from interpreter.client.connecting import connect_with_keys
from interpreter.client.run import Run
from interpreter.client.writing import Watch, Writing
from interpreter.encryption.keyring import Key, Keyring
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs, eventually
from tests.live.slow_model import Slow, slow_model

FLOW = """edition 1
agent teller() -> text { model "slow/m" prompt "Tell." }
flow main() -> text { step told = teller() return told }
"""

CARRIED = FLOW.replace(
    "step told = teller()", "await event go as gone: text timeout 10ms else { } step told = teller() { timeout 6m }"
)


@asynccontextmanager
async def telling(
    address: str, words: list[str], seconds: float, keys: Keyring | None = None, flow: str = FLOW
) -> AsyncIterator[tuple[Slow, Runs, LiveRun]]:
    client = await Client.connect(address) if keys is None else await connect_with_keys(keys, target_host=address)
    runs = Runs(client, f"queue-{uuid4()}")
    async with slow_model(words, seconds) as slow:
        models = Models({}, {"slow": Served("slow", "compatible", slow.address, "")})
        plugin = FlowPlugin(store=runs.store, models=models, keys=keys)
        async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin]):
            yield slow, runs, await runs.start(flow)


@pytest.mark.slow
@pytest.mark.parametrize("flow", [FLOW, CARRIED], ids=["by the run", "carried"])
async def test_a_text_is_seen_while_it_is_written(temporal_address: str, flow: str) -> None:
    words = [f"word{number} " for number in range(10)]
    async with telling(temporal_address, words, 0.25, flow=flow) as (_, runs, run):
        top, board = Run(run.id, runs.client, runs.store), Board("main")
        shown: list[tuple[str, str]] = []

        async def accompany() -> None:
            async for told in Family(top, writes=lambda path, text: shown.append((path, text))).follow():
                board.take(told.note)

        accompanying = asyncio.create_task(accompany())
        events = [event async for event in top.follow(tokens=True)]
        await accompanying
        board.write(*shown[0])
        assert [item.writing for _, item in board.root.rows() if item.writing] == [shown[0][1]]
        seen = [event for event in events if isinstance(event, Writing)]
        assert len(seen) >= 2
        assert [each.number for each in seen] == sorted({each.number for each in seen})
        for each in seen:
            assert each.text == "".join(words[: each.number])
            assert each.length == len(each.text)
            assert each.path.startswith("main/told")
        assert await run.value() == "".join(words).strip()
        assert "written" not in {event.kind for event in events if not isinstance(event, Writing)}
        history = str(await run.events())
        assert history.count("word3") == 2, "in the answer and in the result of the run, and nowhere else"


@pytest.mark.slow
async def test_what_is_encrypted_is_seen_by_who_has_the_key(temporal_address: str) -> None:
    words = [f"word{number} " for number in range(8)]
    async with telling(temporal_address, words, 0.25, Keyring((Key("k1", b"k" * 32),))) as (_, runs, run):
        without = Run(run.id, await Client.connect(temporal_address), runs.store)
        blind = Watch(without.temporal)
        seen = []
        async for event in Run(run.id, runs.client, runs.store).follow(tokens=True):
            if isinstance(event, Writing):
                seen.append(event.text)
                raw = await without.describe()
                assert b"word0" not in raw.raw_description.SerializeToString()
                assert [each async for each in blind.news(raw)] == []
    assert seen


async def test_who_does_not_ask_for_it_is_told_what_happens_alone(temporal_address: str) -> None:
    async with telling(temporal_address, ["one ", "two"], 0.1) as (_, runs, run):
        kinds = [type(event).__name__ async for event in Run(run.id, runs.client, runs.store).follow()]
    assert set(kinds) == {"Note"}


async def test_a_cancel_ends_the_stream(temporal_address: str) -> None:
    async with telling(temporal_address, ["word "] * 1000, 0.1) as (slow, _, run):

        async def begun() -> bool | None:
            return slow.written > 3 or None

        await eventually(begun)
        await run.handle.cancel()
        async with asyncio.timeout(20):
            await slow.left.wait()
        assert slow.written < 500


@pytest.mark.parametrize("pieces", [1, 3_000])
def test_only_the_end_of_a_long_text_is_told(pieces: int) -> None:
    from interpreter.activities.written import Writing as Hearing

    told: list[object] = []
    hearing = Hearing(told.append)
    for _ in range(pieces):
        hearing.heard("x")
    hearing.beat()
    assert told[-1] == {"number": pieces, "length": pieces, "text": "x" * min(pieces, 2_000)}
    assert len(told) <= 3, "no heartbeat for each piece"
