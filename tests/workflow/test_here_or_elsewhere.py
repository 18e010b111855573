"""Local work that could not be done here is done elsewhere, where another try may do it."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError, TimeoutError, TimeoutType

from interpreter.boundary.failures import NOT_REGISTERED, OBJECT_MISSING
from interpreter.boundary.names import EVALUATE_ACTIVITY, VERIFY_ANSWER_ACTIVITY
from interpreter.boundary.payloads import Answer, AnswerVerdict
from interpreter.boundary.told import told_by_worker
from interpreter.core.commands import Evaluate, VerifyAnswer
from interpreter.workflow.calls import Call, Calls
from interpreter.workflow.carriers import Carriers
from interpreter.workflow.limits import Room
from interpreter.workflow.moments import Moments
from tests.definition.reading import definition
from tests.workflow.ends import a_call, activity_error
from tests.workflow.played import Played, settle

TEXT = """edition 1
tool card.charge(x: int) -> int read quick
flow main() { step card.charge(x: 1) }
"""
LATE = TimeoutError("late", type=TimeoutType.SCHEDULE_TO_CLOSE, last_heartbeat_details=[])
BROKEN = ApplicationError("broken", type="ValueError")
MISSING = ApplicationError("gone", type=told_by_worker(OBJECT_MISSING))
SAID_BY_A_TOOL = ApplicationError("gone", type=OBJECT_MISSING)
NOT_HERE = ApplicationError("no such tool", type=told_by_worker(NOT_REGISTERED))
EVALUATION = Evaluate("main/let", {}, {})
QUICK = a_call(quick=True)
VERIFICATION = VerifyAnswer("main/ok!answer1", Answer("1", "main/ok", "approve", "ann"), 7.0)


class World:
    def __init__(self, played: Played) -> None:
        self.played = played
        self.ended: list[tuple[Call, Any, BaseException | None]] = []
        room, carriers = Room(Moments()), Carriers({}, print, carries=False)
        self.calls = Calls(definition(TEXT), lambda *ended: self.ended.append(ended), room, carriers)


@pytest.mark.parametrize(
    ("command", "name", "error", "elsewhere"),
    [
        (EVALUATION, EVALUATE_ACTIVITY, LATE, True),
        (EVALUATION, EVALUATE_ACTIVITY, BROKEN, True),
        (EVALUATION, EVALUATE_ACTIVITY, SAID_BY_A_TOOL, True),
        (EVALUATION, EVALUATE_ACTIVITY, MISSING, False),
        (QUICK, "card.charge", LATE, True),
        (QUICK, "card.charge", NOT_HERE, True),
        (QUICK, "card.charge", BROKEN, False),
        (QUICK, "card.charge", MISSING, False),
        (VERIFICATION, VERIFY_ANSWER_ACTIVITY, LATE, True),
        (VERIFICATION, VERIFY_ANSWER_ACTIVITY, BROKEN, False),
    ],
)
async def test_what_was_not_done_here_is_done_elsewhere_where_that_may_help(
    played: Played, command: Call, name: str, error: BaseException, elsewhere: bool
) -> None:
    world = World(played)
    world.calls.start(command)
    await settle()
    (here,) = played.names
    assert here.startswith("local ")
    played.take(here).fail(activity_error(error))
    await settle()
    assert played.names == [name] * elsewhere
    assert len(world.ended) == (not elsewhere)
    if elsewhere:
        assert world.calls.in_flight == 1


async def test_who_gave_an_answer_is_asked_of_the_worker_that_has_the_run(played: Played) -> None:
    world, verdict = World(played), AnswerVerdict("unverified")
    world.calls.start(VERIFICATION)
    await settle()
    asked = played.take(f"local {VERIFY_ANSWER_ACTIVITY}")
    (request,) = asked.arguments
    assert (request.answer, request.at) == (VERIFICATION.answer, 7.0)
    assert "run" in str(request.run)
    asked.end(verdict)
    await settle()
    assert world.ended == [(VERIFICATION, verdict, None)]
