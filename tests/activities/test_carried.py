"""How a carrier ended, for a run that has continued as new. The server is played."""

from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, TerminatedError
from temporalio.service import RPCError

from interpreter.activities.carried import carried
from interpreter.boundary.carried import LookRequest
from interpreter.boundary.names import CARRIED_FAILED, CARRIER_LOST, STILL_CARRIED
from tests.activities.test_asked_of_the_server import AWAY, NOT_FOUND, Ended, status


async def looked(played: Ended, *, ending: bool = False) -> Any:
    return await played.run(carried, LookRequest("carrier", ending=ending))


async def fails(played: Ended, *, ending: bool = False) -> tuple[str | None, str]:
    with pytest.raises(ApplicationError) as caught:
        await looked(played, ending=ending)
    return caught.value.type, caught.value.message


async def test_an_answer_is_handed_on_as_it_is() -> None:
    assert await looked(Ended(status("COMPLETED"), "answer")) == "answer"
    assert await looked(Ended(status("RUNNING"), "answer"), ending=True) == "answer"


async def test_one_that_runs_is_looked_at_again() -> None:
    assert await fails(Ended(status("RUNNING"), "answer")) == (STILL_CARRIED, "it runs")


async def test_the_failure_of_the_call_is_the_calls() -> None:
    failed = ApplicationError("no funds", type=CARRIED_FAILED)
    failed.__cause__ = ApplicationError("no funds", type="CardDeclined")
    with pytest.raises(ApplicationError) as caught:
        await looked(Ended(status("FAILED"), WorkflowFailureError(cause=failed)))
    assert caught.value.type == CARRIED_FAILED
    assert isinstance(caught.value.__cause__, ApplicationError)
    assert caught.value.__cause__.type == "CardDeclined"


@pytest.mark.parametrize(
    ("played", "words"),
    [
        (Ended(NOT_FOUND), "the carrier of the call is gone"),
        (Ended(status("COMPLETED"), NOT_FOUND), "the carrier of the call is gone"),
        (
            Ended(status("TERMINATED"), WorkflowFailureError(cause=TerminatedError("by ann"))),
            "the carrier of the call did not end by itself: by ann",
        ),
        (
            Ended(status("FAILED"), WorkflowFailureError(cause=ApplicationError("odd", type="Odd"))),
            "the carrier of the call did not end by itself: Odd: odd",
        ),
    ],
)
async def test_one_that_did_not_end_by_itself_is_lost(played: Ended, words: str) -> None:
    assert await fails(played) == (CARRIER_LOST, words)


async def test_a_server_that_is_away_says_nothing() -> None:
    for played in (Ended(AWAY), Ended(status("COMPLETED"), AWAY)):
        with pytest.raises(RPCError):
            await looked(played)
