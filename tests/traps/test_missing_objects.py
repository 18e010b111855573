"""An object of the store is gone while a run needs it. Each way to read one, on a real server."""

from contextlib import suppress

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import CancelledError
from temporalio.service import RPCError

from interpreter.client.listing import lacking
from interpreter.core import policies
from interpreter.stores.memory import MemoryStore
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import calls

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

FLOW = """
edition 1
tool text.make(letters: int) -> text read
tool text.size(text: text) -> int read
tool call.count(name: text) -> int write {{ compensate call.count(name: name + " undone") }}
flow main(letters: int, name: text) -> int budget 1h {{
  step b = text.make(letters: letters)
  step done = call.count(name: name)
  sleep 300ms
  {does}
}}
"""
BELOW = "flow below(text: text) -> int { return len(text) }\n"
WAYS = {
    "an expression": "return len(b)",
    "an argument of a tool": "step n = text.size(text: b) return n",
    "a list": 'var n = 0 for x in split(b, "y") at most 9 { set n = n + len(x) } return n',
    "the input of a child": "step n = below(text: b) return n",
}


def flow(way: str) -> str:
    does = WAYS[way]
    return FLOW.format(does=does) + (BELOW if "below" in does else "")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "LONGEST_OBJECT_DELAY", 1_000)


async def waits(run: LiveRun) -> str:
    """What the memo of the run, or of its child, says that it waits for."""

    async def look() -> str | None:
        for each in (run, run.child("main/n")):
            with suppress(RPCError):  # there is no such child, or not yet
                found = lacking(await (await each.handle.describe()).memo())
                if found is not None:
                    return found
        return None

    return await eventually(look)


def lose(runs: Runs, letters: int, damaged: bool = False) -> dict[str, bytes]:
    """Lose, or damage, the text of so many letters; it is returned."""
    assert isinstance(runs.store, MemoryStore)
    objects = runs.store._objects
    kept = {digest: content for digest, content in objects.items() if content == b'"' + b"x" * letters + b'"'}
    for digest in kept:
        if damaged:
            objects[digest] = b"something else"
        else:
            del objects[digest]
    return kept


@pytest.mark.parametrize("damaged", [False, True], ids=["gone", "damaged"])
@pytest.mark.parametrize("way", WAYS)
async def test_object_that_is_gone_the_run_says_what_it_waits_for_and_goes_on(
    runs: Runs, way: str, damaged: bool
) -> None:
    letters = 100_000 + len(way) + damaged
    run = await runs.start(flow(way), {"letters": letters, "name": f"{way} {damaged}"})
    await run.noted("completed done")
    kept = lose(runs, letters, damaged)
    (digest,) = kept
    said = await waits(run)
    assert digest in said
    assert "waits for an object of the store" in said
    assert ("damaged" if damaged else "no object") in said
    assert (await run.handle.describe()).status == WorkflowExecutionStatus.RUNNING
    assert isinstance(runs.store, MemoryStore)
    runs.store._objects.update(kept)
    assert await run.value() == letters
    assert lacking(await (await run.handle.describe()).memo()) is None


@pytest.mark.parametrize("way", WAYS)
async def test_object_that_is_gone_a_cancel_ends_it_meanwhile(runs: Runs, way: str) -> None:
    name = f"cancelled: {way}"
    letters = 200_000 + len(way)
    run = await runs.start(flow(way), {"letters": letters, "name": name})
    await run.noted("completed done")
    lose(runs, letters)
    await waits(run)
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)
    assert (calls[name], calls[f"{name} undone"]) == (1, 1)
