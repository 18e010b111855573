"""How a step fails when its next question to a model does not fit: as what came first did. And when nobody can ask."""

from typing import Any

import pytest

from interpreter.boundary.failures import BUDGET_EXCEEDED, EVERY_MODEL_FAILED, MALFORMED_OUTPUT, NOT_ASKED, OVERLOADED
from interpreter.core import policies
from interpreter.core.models_asked import ModelsAsked
from interpreter.core.outcomes import Failure

MODELS = ("m", "n")
DETAILS: Any = {"limit": "tokens"}
NO_ROOM = Failure(BUDGET_EXCEEDED, "too little", details=DETAILS)
TOO_LATE = Failure(BUDGET_EXCEEDED, "too late", details={"limit": "time"})
BROKEN = Failure(OVERLOADED, "500")


def test_a_first_question_that_does_not_fit_fails_as_just_that() -> None:
    asked = ModelsAsked()
    assert asked.out_of_budget(MODELS, NO_ROOM) is NO_ROOM
    assert asked.causes == []


def test_a_second_model_that_does_not_fit_was_not_asked_and_the_first_has_failed() -> None:
    asked = ModelsAsked()
    assert asked.next_model(MODELS, BROKEN, None)
    failed = asked.out_of_budget(MODELS, NO_ROOM)
    assert failed.kind == EVERY_MODEL_FAILED
    assert failed.details == [
        {"model": "m", "kind": OVERLOADED, "message": "500"},
        {"model": "n", "kind": NOT_ASKED, "message": "too little", "budget": DETAILS},
    ]


def test_a_model_that_cannot_be_asked_again_gave_an_answer_that_was_no_use() -> None:
    asked = ModelsAsked()
    assert asked.ask_again("it has no title", "{}")
    failed = asked.out_of_budget(MODELS, NO_ROOM)
    message = "it has no title; the budget has no room to ask again: too little"
    assert failed.details == [{"model": "m", "kind": MALFORMED_OUTPUT, "message": message, "budget": DETAILS}]
    assert failed.kind == EVERY_MODEL_FAILED


@pytest.mark.parametrize("failure", [TOO_LATE, Failure("Cancelled", "so")], ids=["time", "another kind"])
def test_what_is_no_lack_of_room_is_told_as_it_is_whatever_failed_before(failure: Failure) -> None:
    asked = ModelsAsked()
    assert asked.next_model(MODELS, BROKEN, None)
    assert asked.ask_again("it has no title", "{}")
    assert asked.out_of_budget(MODELS, failure) is failure


def test_workers_that_can_ask_no_model_are_waited_past_for_a_day_and_no_longer() -> None:
    most = policies.DEFAULT_PATIENCE // policies.LONGEST_MISFIT_DELAY
    assert policies.after_no_provider(1) == policies.NextAttempt("again", policies.FIRST_MISFIT_DELAY)
    assert policies.after_no_provider(most) == policies.NextAttempt("again", policies.LONGEST_MISFIT_DELAY)
    assert policies.after_no_provider(most + 1) == policies.NextAttempt("end", reason="no worker came that can ask")
