"""The worker dies in the middle of a block of undo, in a `finally`, and where the run holds a lock: all go on there."""

from collections import Counter

import pytest

from tests.durability.books import ask
from tests.durability.world import World, gone
from tests.live.runs import Runs

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

HEAD = """
edition 1
tool books.post(amount: int) -> int write keyed { compensate { UNDO } }
tool books.keyed(text: text) -> text write keyed final { heartbeat 1s retry 3 times backoff 1s to 1s }
tool books.repeated(text: text) -> text idempotent { heartbeat 1s retry 3 times backoff 1s to 1s }
"""
ONE = 'step books.repeated(text: "a")'
UNDONE = HEAD.replace("UNDO", f'{ONE} step books.keyed(text: "b") step books.repeated(text: "c")')
FLOW_THAT_FAILS = 'flow main() -> int { step posted = books.post(amount: 1) fail "so it is undone" }'
CLEANED_UP = """
flow main(key: text) -> text {
  exclusive by key {
    try { return "done" } finally { step books.keyed(text: "closed") step books.repeated(text: "told") }
  }
}
"""


async def until_it_dies_again_and_again(world: World, runs: Runs, worker: int, times: int) -> None:
    """Each of its calls kills the worker once."""
    for _ in range(times):
        await gone(worker)
        worker = await world.workers.start(runs.task_queue)


async def test_a_block_of_undo_goes_on_at_its_call(world: World) -> None:
    runs = world.on("undo-in-blocks")
    worker = await world.workers.start(runs.task_queue)
    run = await runs.start(UNDONE + FLOW_THAT_FAILS)
    await until_it_dies_again_and_again(world, runs, worker, 3)
    assert (await run.failure()).message == "so it is undone"
    made = Counter(step for step, _, _ in ask("executions", run=run.id))
    undo = "main/posted/undo"
    assert made == {"main/posted": 1, undo: 2, f"{undo}/2": 2, f"{undo}/3": 2}
    assert sorted(ask("effects", run=run.id)) == ["main/posted", undo, f"{undo}/2", f"{undo}/3"]
    assert [(entry.path, entry.state, entry.made) for entry in (await run.view()).ledger] == [
        ("main/posted", "undone", 2)
    ]


async def test_a_finally_goes_on_at_its_call_and_the_lock_is_kept_until_it_is_over(world: World) -> None:
    runs = world.on("finally-in-a-lock")
    worker = await world.workers.start(runs.task_queue)
    first = await runs.start(HEAD.replace("UNDO", ONE) + CLEANED_UP, {"key": "door"})
    await until_it_dies_again_and_again(world, runs, worker, 2)
    assert await first.value() == "done"
    finally_ = "main/exclusive#1/body/try#1/finally"
    assert Counter(step for step, _, _ in ask("executions", run=first.id)) == {finally_: 2, f"{finally_}/2": 2}
