"""Calls of a run: what is sent, how a cancel ends, and what is known of one that never left."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, TimeoutType

from dsl.expressions.values import Reference
from interpreter.boundary.names import (
    CHAT_ACTIVITY,
    INLINE_ACTIVITY,
    KEEP_ANSWER_ACTIVITY,
    LONGEST_ID,
    RECEIVE_ACTIVITY,
    RECEIVE_KEPT_ACTIVITY,
)
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage, InlineRequest, InlineResult
from interpreter.core.commands import AttemptModel, Evaluate, Pause
from interpreter.workflow.calls import Call, Calls, NeverSent, is_local
from interpreter.workflow.limits import LARGEST_PAYLOAD, LOCAL_BEGIN, LOCAL_WORK, MOST_BYTES_PER_TASK, Room
from interpreter.workflow.moments import Moments
from interpreter.workflow.receiving import LARGE_ANSWER
from tests.definition.reading import definition
from tests.workflow.ends import a_call, activity_error, cancelled, timeout
from tests.workflow.played import Played, settle

TEXT = """edition 1
tool card.charge(x: int) -> int read
tool other(x: int) read
flow main() { step card.charge(x: 1) step other(x: 1) }
"""
HASH = "a" * 64
ONE = a_call()
RESULT = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"5"))


class World:
    def __init__(self, played: Played) -> None:
        self.played = played
        self.room = Room(Moments())
        self.ended: list[tuple[Call, Any, BaseException | None]] = []
        self.calls = Calls(definition(TEXT), lambda *ended: self.ended.append(ended), self.room)


@pytest.fixture
def world(played: Played) -> World:
    return World(played)


async def test_what_is_sent_of_a_tool(world: World) -> None:
    call = a_call(arguments={"x": Reference(HASH, 9), "y": 1}, heartbeat=None, summary="card.charge")
    world.calls.start(call)
    asked = world.played.take("card.charge")
    assert asked.arguments == ({"x": {"$ref": HASH, "$size": 9}, "y": 1},)
    assert asked.header == (call, [[["x"], HASH, 9]])
    options = asked.options
    assert (options["activity_id"], options["task_queue"], options["summary"]) == ("main/charge", None, None)
    assert (options["start_to_close_timeout"], options["heartbeat_timeout"]) == (timedelta(minutes=1), None)
    assert options["schedule_to_start_timeout"] is None
    assert options["retry_policy"].maximum_attempts == 1
    assert options["cancellation_type"].name == "WAIT_CANCELLATION_COMPLETED"


async def test_what_a_tool_says_of_itself_is_sent(world: World) -> None:
    world.calls.start(a_call(queue="theirs", heartbeat=7_000, start_within=3_000))
    options = world.played.take("card.charge").options
    assert (options["task_queue"], options["summary"]) == ("theirs", "charge")
    assert options["heartbeat_timeout"] == timedelta(seconds=7)
    assert options["schedule_to_start_timeout"] == timedelta(seconds=3)


async def test_an_id_that_the_server_would_refuse_is_made_to_fit(world: World) -> None:
    world.calls.start(a_call("main/" + "x" * 2_000))
    assert len(world.played.take("card.charge").options["activity_id"]) <= LONGEST_ID


async def test_what_is_sent_of_a_model(world: World) -> None:
    request = ChatRequest("ask", "m", [Reference(HASH, 9)], "be brief")
    world.calls.start(AttemptModel("main/ask", request, 90_000, "ask"))
    asked = world.played.take(CHAT_ACTIVITY)
    (sent,) = asked.arguments
    assert (sent.prompt, sent.instructions) == ([{"$ref": HASH, "$size": 9}], "be brief")
    assert sent.references == [[[0, 0], HASH, 9]]
    assert asked.options["start_to_close_timeout"] == timedelta(seconds=90)
    assert asked.options["heartbeat_timeout"] == timedelta(seconds=15)
    assert asked.options["retry_policy"].maximum_attempts == 1
    assert asked.header is None


async def test_an_end_is_told_once_and_then_nothing_is_in_flight(world: World) -> None:
    world.calls.start(ONE)
    assert world.calls.in_flight == 1
    world.played.take("card.charge").end(RESULT)
    await settle()
    assert world.ended == [(ONE, RESULT, None)]
    assert world.calls.in_flight == 0


async def test_a_failure_is_told_as_it_came(world: World) -> None:
    error = activity_error(ApplicationError("no", type="Declined"))
    world.calls.start(ONE)
    world.played.take("card.charge").fail(error)
    await settle()
    assert world.ended == [(ONE, None, error)]


async def test_a_cancel_is_asked_for_and_the_end_is_waited_for(world: World) -> None:
    world.calls.start(ONE)
    asked = world.played.take("card.charge")
    world.calls.cancel(ONE.id)
    await settle()
    assert asked.ends.asked_to_cancel
    assert (world.ended, world.calls.in_flight) == ([], 1)
    asked.fail(activity_error(cancelled()))
    await settle()
    assert len(world.ended) == 1


async def test_a_cancel_of_what_has_ended_or_never_was_does_nothing(world: World) -> None:
    world.calls.cancel("main/never")
    world.calls.start(ONE)
    asked = world.played.take("card.charge")
    asked.end(RESULT)
    await settle()
    world.calls.cancel(ONE.id)
    assert not asked.ends.asked_to_cancel


@pytest.mark.parametrize(("later", "error"), [(0, NeverSent), (1, asyncio.CancelledError)])
async def test_what_is_given_up_in_the_task_that_would_have_sent_it_never_left(
    world: World, later: int, error: type
) -> None:
    world.calls.start(ONE)
    world.played.info_.length += later
    world.played.take("card.charge").ends.give_up()
    await settle()
    ((_, result, told),) = world.ended
    assert (type(told), result, world.calls.in_flight) == (error, None, 0)


async def test_two_calls_are_told_apart(world: World) -> None:
    other = a_call("main/other", tool="other")
    world.calls.start(ONE)
    world.calls.start(other)
    world.calls.cancel(other.id)
    assert not world.played.take("card.charge").ends.asked_to_cancel
    asked = world.played.take("other")
    assert asked.ends.asked_to_cancel
    asked.end(RESULT)
    await settle()
    assert [command for command, _, _ in world.ended] == [other]
    assert world.calls.in_flight == 1


FOREIGN = a_call(queue="theirs", arguments={"x": Reference(HASH, 9)})


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


@pytest.mark.parametrize(
    ("command", "local"),
    [
        (ONE, False),
        (a_call(staged=True), True),
        (a_call(quick=True), True),
        (AttemptModel("main/ask", ChatRequest("ask", "m", ""), 1, "ask"), False),
        (Evaluate("main/let", {}, {}), True),
        (Pause("main/pause"), True),
    ],
)
async def test_what_is_done_within_the_workflow_task(world: World, command: Call, local: bool) -> None:
    assert is_local(command) == local
    world.calls.start(command)
    await settle()
    assert [name.startswith("local ") for name in world.played.names] == [local]


@pytest.mark.parametrize(
    ("command", "task", "most"),
    [
        (Evaluate("main/let", {}, {}), 10, 4.0),
        (Evaluate("main/let", {}, {}), 5, 2.0),
        (a_call(quick=True), 10, 4.0),
        (a_call(quick=True, timeout=1_500), 10, 1.5),
        (a_call(staged=True), 10, 4.0),
    ],
)
async def test_work_within_a_task_is_over_well_before_the_task_is(
    world: World, command: Call, task: int, most: float
) -> None:
    """The SDK ends a task after four fifths of its timeout; local work begins in the first three tenths of it."""
    world.played.info_.task_timeout = timedelta(seconds=task)
    world.calls.start(command)
    await settle()
    (name,) = world.played.names
    assert world.played.take(name).options["schedule_to_close_timeout"] == timedelta(seconds=most)
    assert LOCAL_BEGIN + LOCAL_WORK < 0.8


async def test_a_model_answers(world: World) -> None:
    command = AttemptModel("main/ask", ChatRequest("ask", "m", ""), 1, "ask")
    answer = ChatResult("hello", ChatUsage(1, 2), "m")
    world.calls.start(command)
    world.played.take(CHAT_ACTIVITY).end(answer)
    await settle()
    assert world.ended == [(command, answer, None)]


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
