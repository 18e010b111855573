"""What is too large to travel is put into the store, and a store that cannot be written is waited for, in view."""

import asyncio
import json
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from dsl.expressions.values import Reference
from interpreter.boundary.names import STATE_FUNCTION, STORE_ACTIVITY
from interpreter.core.snapshot import save
from interpreter.core.state import Frame, State
from interpreter.stores.pruning import digests_in
from interpreter.workflow import limits
from interpreter.workflow.keeping import Keeper, restored
from tests.workflow.ends import activity_error
from tests.workflow.played import Played, settle

STORE = f"local {STORE_ACTIVITY}"
KEPT = {"kept": "a" * 64, "size": 5}


def state() -> State:
    return State("main", "hash", "run", "ann")


async def test_a_state_that_can_travel_travels(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    data = save(state())
    monkeypatch.setattr(limits, "LARGEST_STATE", limits.size_of(data))
    travels = await Keeper().state(state())
    assert restored(travels) == state()
    assert restored(data) == state(), "as earlier versions have written it"
    assert played.names == []


async def test_what_is_still_needed_is_seen_in_a_state_that_travels(played: Played) -> None:
    one = state()
    one.requester = "a" * 40
    one.frames["main"] = Frame("main", "Flow", None, "main", [0], 1.0, values={"x": Reference("b" * 64, 9), "y": "ß"})
    one.hash = "c" * 64
    travels = await Keeper().state(one)
    assert digests_in(json.dumps(travels).encode()) == {"b" * 64, "c" * 64}
    assert restored(travels) == one


async def test_a_state_that_is_too_large_is_kept(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    data, keeper = save(state()), Keeper()
    monkeypatch.setattr(limits, "LARGEST_STATE", limits.size_of(data) - 1)
    keeping = asyncio.create_task(keeper.state(state()))
    await settle()
    asked = played.take(STORE)
    assert asked.arguments == (data,)
    assert asked.options["start_to_close_timeout"] == timedelta(seconds=30)
    assert asked.options["retry_policy"].maximum_attempts == 1
    asked.end(KEPT)
    assert await keeping == KEPT
    assert (keeper.trouble, keeper.pausing) == (None, False)


async def test_a_store_that_cannot_be_written_is_waited_for_longer_each_time(played: Played) -> None:
    keeper, waits = Keeper(), []
    for _ in range(3):
        keeping = asyncio.create_task(keeper.keep({}))
        await settle()
        played.take(STORE).fail(activity_error(ApplicationError("the disk is full")))
        assert await keeping is None
        await settle()
        assert keeper.pausing
        assert (keeper.trouble or "").endswith("the disk is full")
        pausing = asyncio.create_task(keeper.paused())
        timer = played.take("timer")
        waits.append(timer.arguments[0])
        await settle()
        assert not pausing.done()
        timer.end()
        await pausing
        await settle()
        assert not keeper.pausing
    assert waits == sorted(set(waits))
    assert waits[0] == 1.0
    keeping = asyncio.create_task(keeper.keep({}))
    await settle()
    played.take(STORE).end(KEPT)
    assert await keeping == KEPT
    assert keeper.trouble is None
    keeping = asyncio.create_task(keeper.keep({}))
    await settle()
    played.take(STORE).fail(activity_error(ApplicationError("again")))
    await keeping
    await settle()
    assert played.take("timer").arguments == (1.0,), "it begins anew"
    keeper.need_no_more()
    assert keeper.trouble is None


async def test_who_has_never_waited_need_not_wait(played: Played) -> None:
    await Keeper().paused()


def test_a_state_is_restored_from_where_it_is(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    data = save(state())
    assert restored(data) == state()
    stored = {KEPT["kept"]: json.dumps(data)}
    monkeypatch.setattr(played, "extern_functions", lambda: {STATE_FUNCTION: stored.__getitem__}, raising=False)
    assert restored(KEPT) == state()
