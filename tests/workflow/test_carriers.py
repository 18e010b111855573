"""Carriers of a run: what they are given, how they end, and how that reaches a run that has continued as new."""

import asyncio
from typing import Any

import pytest
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, TerminatedError

from dsl.expressions.values import Reference
from interpreter.boundary.carried import LookRequest
from interpreter.boundary.names import (
    CARRIED_ACTIVITY,
    CARRIED_FAILED,
    CARRIER,
    CARRIER_LOST,
    REPORT_SIGNAL,
    STILL_CARRIED,
    child_id,
)
from interpreter.boundary.payloads import ChatRequest, ParentLink, ReportRequest
from interpreter.core.commands import AttemptModel
from interpreter.workflow.carriers import Carriers, NeverSent
from tests.workflow.calling import HASH, RESULT, World
from tests.workflow.ends import a_call, activity_error, cancelled, child_error
from tests.workflow.played import Asked, Handle, Played, gone, settle

SLOW = a_call(carried=True, claim=None)
ID = child_id("run", "first-run", SLOW.id)
START = f"child {CARRIER}"


async def begun(world: World, command: Any = SLOW) -> tuple[Asked, Handle]:
    """What was asked for, and how it ends."""
    world.calls.start(command)
    await settle()
    asked, ends = world.played.take(START), world.played.handle()
    asked.end(ends)
    await settle()
    return asked, ends


async def told(world: World) -> None:
    """It was asked to report, as the run is about to continue."""
    telling = asyncio.create_task(world.carriers.tell_all_to_report())
    await settle()
    signal = world.played.take(f"signal {REPORT_SIGNAL}")
    assert signal.arguments == (ID, ReportRequest(ParentLink("run", SLOW.id)))
    signal.end()
    assert await telling


def continued(played: Played) -> World:
    """The next execution, which goes on waiting."""
    world = World(played)
    world.carriers = world.calls._carriers = Carriers({SLOW.id: ID}, world.arrived.append, carries=True)
    assert world.calls.runs(SLOW.id)
    world.calls.look_after(SLOW)
    assert not world.calls.runs(SLOW.id)
    return world


def failed(cause: BaseException | None) -> ApplicationError:
    error = ApplicationError("failed", type=CARRIED_FAILED)
    error.__cause__ = cause
    return error


async def test_what_it_is_given(played: Played) -> None:
    world = World(played)
    asked, _ = await begun(world, a_call(carried=True, arguments={"x": Reference(HASH, 9)}))
    carried, arguments = asked.arguments
    assert arguments == {"x": {"$ref": HASH, "$size": 9}}
    assert carried["references"] == [[["x"], HASH, 9]]
    assert carried["call"]["key"] == f"run/1/{SLOW.id}"
    assert {"arguments", "claim"} & carried["call"].keys() == set()
    assert "first_run" not in carried
    assert asked.options["id"] == ID


async def test_what_is_asked_of_a_model_by_it(played: Played) -> None:
    request = ChatRequest("m", "asks", "hello", None, {}, 10)
    asked, ends = await begun(
        World(played), AttemptModel("main/told", request, 600_000, "told", "a-lane", carried=True)
    )
    carried, given = asked.arguments
    assert carried["first_run"] == "first-run"
    assert carried["call"] == {
        "id": "main/told",
        "timeout": 600_000,
        "summary": "told",
        "queue": "a-lane",
        "carried": True,
    }
    assert given["prompt"] == "hello"
    ends.give_up()


async def test_one_that_is_not_marked_and_any_in_a_run_of_before_is_an_activity(played: Played) -> None:
    world = World(played)
    world.calls.start(a_call())
    assert played.names == ["card.charge"]
    world.carriers = world.calls._carriers = Carriers({}, world.arrived.append, carries=False)
    world.calls.start(a_call("main/other", carried=True))
    assert played.names == ["card.charge", "card.charge"]


async def test_it_keeps_the_run_from_continuing_until_it_has_started(played: Played) -> None:
    world = World(played)
    world.calls.start(SLOW)
    await settle()
    assert (world.calls.in_flight, world.carriers.settled, world.calls.carried) == (0, False, 1)
    ends = played.handle()
    played.take(START).end(ends)
    await settle()
    assert (world.calls.in_flight, world.carriers.settled, world.calls.carried) == (0, True, 1)
    ends.set_result(RESULT)
    await settle()
    assert world.ended == [(SLOW, RESULT, None)]
    assert (world.calls.in_flight, world.calls.carried) == (0, 0)


REFUSED = activity_error(ApplicationError("no", type="No"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failed(REFUSED), REFUSED),
        (failed(None), NeverSent),
        (TerminatedError("by hand"), FailureError),
        (cancelled(), FailureError),
        (None, FailureError),
    ],
    ids=["of its activity", "never sent", "terminated", "cancelled by the server", "unknown"],
)
async def test_how_it_fails(played: Played, error: BaseException | None, expected: Any) -> None:
    world = World(played)
    _, ends = await begun(world)
    ends.set_exception(child_error(error))
    await settle()
    ((_, result, said),) = world.ended
    assert result is None
    assert said is expected if isinstance(expected, BaseException) else type(said) is expected


async def test_one_that_cannot_be_started_is_one_of_which_nobody_knows(played: Played) -> None:
    """Another may be at work under its id, as after a reset."""
    world = World(played)
    world.calls.start(SLOW)
    await settle()
    played.take(START).fail(FailureError("it runs already"))
    await settle()
    ((_, _, said),) = world.ended
    assert type(said) is FailureError
    assert world.carriers.settled


async def test_a_cancel_goes_to_it_and_its_end_is_waited_for(played: Played) -> None:
    world = World(played)
    _, ends = await begun(world)
    world.calls.cancel(SLOW.id)
    await settle()
    sent = played.take("cancel")
    assert (sent.arguments, world.carriers.settled) == ((ID,), False)
    sent.fail(gone())
    await settle()
    assert (world.carriers.settled, world.ended) == (True, [])
    ends.set_result(RESULT)
    await settle()
    assert world.ended == [(SLOW, RESULT, None)]


async def test_one_that_is_abandoned_is_cancelled_and_never_told(played: Played) -> None:
    world = World(played)
    _, ends = await begun(world)
    world.calls.abandon(SLOW.id)
    await settle()
    played.take("cancel").end()
    await settle()
    assert (world.carriers.settled, world.calls.in_flight, world.carriers.has(SLOW.id)) == (True, 0, False)
    ends.set_result(RESULT)
    await settle()
    assert world.ended == []


async def test_one_that_was_told_ends_once_however_that_is_heard(played: Played) -> None:
    world = World(played)
    _, ends = await begun(world)
    await told(world)
    world.carriers.reported(SLOW.id, ID)
    await settle()
    assert not world.carriers.settled, "what it ended with is read before the run continues"
    ends.set_result(RESULT)
    await settle()
    played.take(CARRIED_ACTIVITY).end(RawValue(RESULT.payload))
    await settle()
    assert world.ended == [(SLOW, RESULT, None)]
    assert world.carriers.settled
    assert world.carriers.told == {}


@pytest.mark.parametrize("ends", ["answers", "fails", "lost"])
async def test_its_report_to_a_run_that_has_continued(played: Played, ends: str) -> None:
    world = continued(played)
    world.carriers.reported(SLOW.id, "run/another/main/charge")
    world.carriers.reported("main/other", ID)
    await settle()
    assert played.names == ["timer"], "none of its own"
    world.carriers.reported(SLOW.id, ID)
    await settle()
    look = played.take(CARRIED_ACTIVITY)
    assert look.arguments == (LookRequest(ID, True),)
    match ends:
        case "answers":
            look.end(RESULT)
        case "fails":
            look.fail(activity_error(failed(REFUSED)))
        case _:
            look.fail(activity_error(ApplicationError("it is gone", type=CARRIER_LOST)))
    await settle()
    ((command, result, said),) = world.ended
    assert command == SLOW
    expected = {"answers": (RESULT, None), "fails": (None, REFUSED)}
    assert (result, said) == expected[ends] if ends in expected else type(said) is FailureError
    assert world.carriers.told == {}


async def test_one_that_says_nothing_is_looked_after(played: Played) -> None:
    world = continued(played)
    await settle()
    played.take("timer").end()
    await settle()
    look = played.take(CARRIED_ACTIVITY)
    assert look.arguments == (LookRequest(ID, False),)
    look.fail(activity_error(ApplicationError("it runs", type=STILL_CARRIED)))
    await settle()
    assert world.ended == []
    played.take("timer").end()
    await settle()
    played.take(CARRIED_ACTIVITY).fail(activity_error(None))
    await settle()
    ((_, _, said),) = world.ended
    assert type(said) is FailureError
    assert not isinstance(said, ActivityError), "it was no activity of the tool's that has failed"
