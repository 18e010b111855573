"""A call that costs under a cap over runs is made when that was granted, and until then nothing has happened."""

import pytest
from temporalio.exceptions import TimeoutType

from interpreter.boundary.caps import Claim, ClaimReply
from interpreter.boundary.names import CLAIM_ACTIVITY
from interpreter.workflow.calls import NeverSent
from interpreter.workflow.limits import LOCAL_BEGIN, MOST_BYTES_PER_TASK
from tests.workflow.calling import RESULT, World
from tests.workflow.ends import a_call, activity_error, cancelled, timeout
from tests.workflow.played import Played, settle

CLAIM = Claim("run/1/main/charge", "0.05", 0, [], "run/1")
CALL = a_call(claim=CLAIM)
ASKED = f"local {CLAIM_ACTIVITY}"


@pytest.fixture
def world(played: Played) -> World:
    return World(played)


async def test_what_is_granted_is_called(world: World) -> None:
    world.calls.start(CALL)
    await settle()
    claimed = world.played.take(ASKED)
    assert claimed.arguments[0].claims == [CLAIM]
    assert world.played.asked == []
    assert world.calls.in_flight == 1, "there is no continuing as new beside it"
    claimed.end(ClaimReply("granted"))
    await settle()
    world.played.take("card.charge").end(RESULT)
    await settle()
    assert world.ended == [(CALL, RESULT, None)]


@pytest.mark.parametrize("outcome", ["refused", "busy", "over"])
async def test_what_is_not_granted_is_not_called(world: World, outcome: str) -> None:
    world.calls.start(CALL)
    await settle()
    reply = ClaimReply(outcome)  # type: ignore[arg-type]
    world.played.take(ASKED).end(reply)
    await settle()
    assert world.ended == [(CALL, reply, None)]
    assert world.played.asked == []


async def test_what_no_cap_binds_claims_nothing(world: World) -> None:
    world.calls.start(a_call())
    await settle()
    assert world.played.names == ["card.charge"]


async def test_a_cancel_before_it_was_granted_says_that_it_never_happened(world: World) -> None:
    world.calls.start(CALL)
    await settle()
    world.calls.cancel(CALL.id)
    await settle()
    world.played.take(ASKED).fail(activity_error(cancelled()))
    await settle()
    ((_, _, error),) = world.ended
    assert type(error) is NeverSent
    assert world.played.asked == []


async def test_a_call_that_has_gone_out_tells_its_own_end(world: World) -> None:
    world.calls.start(CALL)
    await settle()
    world.played.take(ASKED).end(ClaimReply("granted"))
    await settle()
    world.played.info_.length += 3
    error = activity_error(timeout(TimeoutType.START_TO_CLOSE))
    world.played.take("card.charge").fail(error)
    await settle()
    assert world.ended == [(CALL, None, error)]


async def test_it_is_asked_for_early_in_a_task_and_called_in_one_with_room(world: World) -> None:
    began = world.played.now
    world.played.now = began + LOCAL_BEGIN * 10 + 0.1
    world.calls.start(CALL)
    await settle()
    assert world.played.names == ["timer"]
    world.played.now = began
    world.played.take("timer").end()
    await settle()
    claimed = world.played.take(ASKED)
    world.room.take(MOST_BYTES_PER_TASK)
    claimed.end(ClaimReply("granted"))
    await settle()
    assert world.played.names == ["timer"]
    world.played.info_.length += 3
    world.played.take("timer").end()
    await settle()
    assert world.played.names == ["card.charge"]
