"""Calls for workers that are not ours: what is filled in before they go, and large answers that come back."""

from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, TimeoutType

from dsl.expressions.values import Reference
from interpreter.boundary.names import INLINE_ACTIVITY, KEEP_ANSWER_ACTIVITY, RECEIVE_ACTIVITY, RECEIVE_KEPT_ACTIVITY
from interpreter.boundary.payloads import InlineRequest, InlineResult
from interpreter.workflow.calls import NeverSent
from interpreter.workflow.limits import LARGEST_PAYLOAD, LOCAL_BEGIN, MOST_BYTES_PER_TASK
from interpreter.workflow.receiving import LARGE_ANSWER
from tests.workflow.calling import HASH, ONE, RESULT, World
from tests.workflow.ends import a_call, activity_error, cancelled, timeout
from tests.workflow.played import Played, settle

FOREIGN = a_call(queue="theirs", arguments={"x": Reference(HASH, 9)})


@pytest.fixture
def world(played: Played) -> World:
    return World(played)


async def test_a_foreign_worker_gets_what_the_references_stand_for(world: World) -> None:
    world.calls.start(FOREIGN)
    await settle()
    inline = world.played.take(f"local {INLINE_ACTIVITY}")
    assert inline.arguments == (InlineRequest({"x": {"$ref": HASH, "$size": 9}}, [[["x"], HASH, 9]], LARGEST_PAYLOAD),)
    assert world.played.asked == []
    inline.end(InlineResult(12, {"x": "whole"}))
    await settle()
    asked = world.played.take("card.charge")
    assert (asked.arguments, asked.header) == (({"x": "whole"},), (FOREIGN, []))
    asked.end(RESULT)
    await settle()
    assert world.ended == [(FOREIGN, RESULT, None)]


async def test_a_foreign_worker_gets_nothing_that_is_too_large(world: World) -> None:
    world.calls.start(FOREIGN)
    await settle()
    too_much = InlineResult(10**9, None)
    world.played.take(f"local {INLINE_ACTIVITY}").end(too_much)
    await settle()
    assert world.ended == [(FOREIGN, too_much, None)]
    assert world.played.asked == []


async def test_what_is_filled_in_waits_for_a_task_with_room(world: World) -> None:
    world.calls.start(FOREIGN)
    await settle()
    world.room.take(MOST_BYTES_PER_TASK)
    world.played.take(f"local {INLINE_ACTIVITY}").end(InlineResult(1_000, {"x": "whole"}))
    await settle()
    assert world.played.names == ["timer"]
    world.played.info_.length += 3
    world.played.take("timer").end()
    await settle()
    assert world.played.names == ["card.charge"]


LATE = 10 * LOCAL_BEGIN + 0.1
"""Seconds of a workflow task of ten after which no local work begins in it."""


async def test_what_is_filled_in_late_in_a_task_is_filled_in_in_the_next(world: World) -> None:
    world.played.now += LATE
    world.calls.start(FOREIGN)
    await settle()
    assert world.played.names == ["timer"]
    next_task(world)
    await settle()
    assert world.played.names == [f"local {INLINE_ACTIVITY}"]


async def test_what_is_filled_in_counts_where_it_stands_in_history_first(world: World) -> None:
    """What the references stand for comes back as the result of local work, and those of one task go out together."""
    size = LARGEST_PAYLOAD - 1_000
    for number in range(4):
        world.calls.start(a_call(f"main/{number}", queue="theirs", arguments={"x": Reference(HASH, size)}))
    for asked in range(4):
        await settle()
        assert world.played.names == [f"local {INLINE_ACTIVITY}"] * (asked + 1) + ["timer"] * (asked < 3)
        if asked < 3:
            next_task(world)


@pytest.mark.parametrize("error", [cancelled(), activity_error(cancelled())], ids=["here", "elsewhere"])
async def test_what_is_cancelled_while_it_is_filled_in_was_never_sent(world: World, error: Exception) -> None:
    world.calls.start(FOREIGN)
    await settle()
    world.played.info_.length += 3
    inline = world.played.take(f"local {INLINE_ACTIVITY}")
    world.calls.cancel(FOREIGN.id)
    assert inline.ends.asked_to_cancel
    inline.fail(error)
    await settle()
    assert never_sent(world)


async def test_what_is_cancelled_while_it_waits_for_room_was_never_sent(world: World) -> None:
    world.calls.start(FOREIGN)
    await settle()
    world.room.take(MOST_BYTES_PER_TASK)
    world.played.take(f"local {INLINE_ACTIVITY}").end(InlineResult(1_000, {"x": "whole"}))
    await settle()
    world.played.info_.length += 3
    world.calls.cancel(FOREIGN.id)
    await settle()
    assert never_sent(world)


@pytest.mark.parametrize("later", [0, 1])
async def test_what_was_filled_in_is_never_sent_only_in_the_task_that_would_have_sent_it(
    world: World, later: int
) -> None:
    world.calls.start(FOREIGN)
    await settle()
    world.played.info_.length += 3
    world.played.take(f"local {INLINE_ACTIVITY}").end(InlineResult(1_000, {"x": "whole"}))
    await settle()
    world.played.info_.length += later
    world.played.take("card.charge").ends.give_up()
    await settle()
    assert never_sent(world) == (later == 0)


def never_sent(world: World) -> bool:
    ((command, _, error),) = world.ended
    return command == FOREIGN and type(error) is NeverSent and world.calls.in_flight == 0


async def test_what_was_filled_in_and_sent_may_have_happened(world: World) -> None:
    world.calls.start(FOREIGN)
    await settle()
    world.played.take(f"local {INLINE_ACTIVITY}").end(InlineResult(1_000, {"x": "whole"}))
    await settle()
    world.played.info_.length += 3
    world.calls.cancel(FOREIGN.id)
    error = activity_error(cancelled())
    world.played.take("card.charge").fail(error)
    await settle()
    assert world.ended == [(FOREIGN, None, error)]


@pytest.mark.parametrize("call", [FOREIGN, a_call(quick=True)], ids=["filled in", "quick"])
async def test_local_work_that_was_cancelled_and_did_not_heed_it_is_not_made_again(world: World, call: Any) -> None:
    world.calls.start(call)
    await settle()
    asked = world.played.take(world.played.names[0])
    world.calls.cancel(call.id)
    asked.fail(timeout(TimeoutType.SCHEDULE_TO_CLOSE))
    await settle()
    assert world.played.names == []
    ((command, _, error),) = world.ended
    assert (command, type(error)) == (call, NeverSent)


def next_task(world: World) -> None:
    """The one that the timer makes."""
    world.played.info_.length += 3
    world.played.take("timer").end()


LARGE = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"5" + b" " * LARGE_ANSWER))


async def test_a_large_answer_of_a_foreign_worker_is_taken_in_before_it_is_told(world: World) -> None:
    world.calls.start(ONE)
    world.played.take("card.charge").end(LARGE)
    await settle()
    assert (world.ended, world.calls.in_flight) == ([], 1)
    asked = world.played.take(f"local {RECEIVE_ACTIVITY}")
    world.calls.cancel(ONE.id)
    assert not asked.ends.asked_to_cancel
    asked.end(RESULT)
    await settle()
    assert (world.ended, world.calls.in_flight) == ([(ONE, RESULT, None)], 0)


async def test_a_large_answer_that_cannot_be_taken_in_is_told_as_it_came(world: World) -> None:
    world.calls.start(ONE)
    world.played.take("card.charge").end(LARGE)
    await settle()
    world.played.take(f"local {RECEIVE_ACTIVITY}").fail(ApplicationError("it does not fit", type="ValueError"))
    await settle()
    assert (world.ended, world.calls.in_flight) == ([(ONE, LARGE, None)], 0)


@pytest.mark.parametrize("call", [a_call("main/other", tool="other"), a_call(staged=True)], ids=["no result", "staged"])
async def test_what_is_ours_or_has_no_type_is_told_at_once(world: World, call: Any) -> None:
    world.calls.start(call)
    await settle()
    world.played.take(world.played.names[0]).end(LARGE)
    await settle()
    assert world.ended == [(call, LARGE, None)]


async def test_a_task_that_has_just_begun_has_time_for_local_work(world: World) -> None:
    """Nobody has looked yet at which task it is: what has arrived comes before the machine's turn."""
    world.calls.start(ONE)
    world.played.info_.length, world.played.now = 20, world.played.now + 60
    world.played.take("card.charge").end(LARGE)
    await settle()
    assert world.played.names == [f"local {RECEIVE_ACTIVITY}"]


async def test_a_large_answer_that_took_too_long_here_is_kept_in_the_next_task(world: World) -> None:
    world.calls.start(ONE)
    world.played.take("card.charge").end(LARGE)
    await settle()
    world.played.now += LATE
    world.played.take(f"local {RECEIVE_ACTIVITY}").fail(timeout(TimeoutType.SCHEDULE_TO_CLOSE))
    await settle()
    assert world.played.names == ["timer"]
    next_task(world)
    await settle()
    world.played.take(f"local {KEEP_ANSWER_ACTIVITY}").end(HASH)
    await settle()
    world.played.take(RECEIVE_KEPT_ACTIVITY).end(RESULT)
    await settle()
    assert world.ended == [(ONE, RESULT, None)]


async def test_what_comes_back_has_its_place_in_the_task_before_it_is_there(world: World) -> None:
    """The results of all local work of one task go out together, so room for each is taken when it begins."""
    world.calls.start(ONE)
    world.room.take(MOST_BYTES_PER_TASK - 1)
    assert world.room.left
    world.played.take("card.charge").end(LARGE)
    await settle()
    assert world.played.names == [f"local {RECEIVE_ACTIVITY}"]
    assert not world.room.left
