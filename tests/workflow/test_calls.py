"""Calls of a run: what is sent, how a cancel ends, and what is known of one that never left."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError, TimeoutType

from dsl.expressions.values import Reference
from interpreter.boundary.names import CHAT_ACTIVITY, CHAT_GRACE, EVALUATE_ACTIVITY, LONGEST_ID
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.core.commands import AttemptModel, Evaluate, Pause
from interpreter.workflow.calls import Call, NeverSent, is_local
from interpreter.workflow.limits import LARGEST_PAYLOAD, LOCAL_BEGIN, LOCAL_WORK, MOST_BYTES_PER_TASK
from tests.workflow.calling import HASH, ONE, RESULT, World
from tests.workflow.ends import a_call, activity_error, cancelled, timeout
from tests.workflow.played import Played, settle


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
    request = ChatRequest("ask", "m", [Reference(HASH, 9)], "be brief", max_output_tokens=90)
    world.calls.start(AttemptModel("main/ask", request, 90_000, "ask"))
    asked = world.played.take(CHAT_ACTIVITY)
    (sent,) = asked.arguments
    beside = {"references": [[[0, 0], HASH, 9]], "max_output_tokens": 90}
    said = {"agent": "ask", "model": "m", "prompt": [{"$ref": HASH, "$size": 9}], "instructions": "be brief"}
    assert sent == said | beside, "what has its default is not said"
    assert asked.options["start_to_close_timeout"] == timedelta(seconds=90 + CHAT_GRACE)
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


@pytest.mark.parametrize(
    ("letters", "here"),
    [(10, False), (200_000, False), (LARGEST_PAYLOAD, True)],
    ids=["small", "large", "too large to travel"],
)
async def test_an_evaluation_that_takes_long_goes_on_elsewhere_if_its_scope_can_travel(
    world: World, letters: int, here: bool
) -> None:
    world.calls.start(Evaluate("main/let", {}, {"x": "x" * letters}))
    world.played.take(f"local {EVALUATE_ACTIVITY}").fail(timeout(TimeoutType.SCHEDULE_TO_CLOSE))
    await settle()
    assert world.played.names == [f"local {EVALUATE_ACTIVITY}" if here else EVALUATE_ACTIVITY]


async def test_evaluations_that_go_on_elsewhere_go_out_by_so_many_as_a_task_may_carry(world: World) -> None:
    for name in "abcd":
        world.calls.start(Evaluate(name, {}, {"x": "x" * MOST_BYTES_PER_TASK}))
    while f"local {EVALUATE_ACTIVITY}" in world.played.names:
        world.played.take(f"local {EVALUATE_ACTIVITY}").fail(timeout(TimeoutType.SCHEDULE_TO_CLOSE))
    await settle()
    assert world.played.names == [EVALUATE_ACTIVITY, "timer"]
