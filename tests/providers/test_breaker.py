"""A provider that fails again and again is left alone, and asked again: with time as the test has it."""

import pytest

from interpreter.boundary import failures
from interpreter.providers.breaker import (
    LONGEST_REASON,
    LONGEST_SECONDS,
    MOST_FAILURES,
    Breaker,
    Circuit,
    Question,
)
from interpreter.providers.provider import Charge, ProviderFailure


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def failed(breaker: Breaker, model: str, kind: str = failures.OVERLOADED, charge: Charge = "none") -> None:
    breaker.ask(model).failed(ProviderFailure(kind, "no luck", charge=charge))


def refused(breaker: Breaker, model: str) -> float:
    with pytest.raises(ProviderFailure) as caught:
        breaker.ask(model)
    assert (caught.value.kind, caught.value.charge) == (failures.CIRCUIT_OPEN, "none")
    assert "no luck" in caught.value.message
    assert isinstance(caught.value.retry_after, float)
    return caught.value.retry_after


def test_after_so_many_failures_in_a_row_a_model_is_left_alone_and_no_other() -> None:
    breaker = Breaker("ours", Clock())
    for _ in range(MOST_FAILURES):
        failed(breaker, "a")
    assert refused(breaker, "a") == 5
    breaker.ask("b").answered()


def test_an_answer_between_them_starts_the_count_anew() -> None:
    breaker = Breaker("ours", Clock())
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            failed(breaker, "a")
        breaker.ask("a").answered()


@pytest.mark.parametrize("kind", sorted(failures.MODEL_FAILURES - {failures.OVERLOADED, failures.CONNECTION_FAILED}))
def test_any_other_failure_says_that_it_is_there(kind: str) -> None:
    breaker = Breaker("ours", Clock())
    for _ in range(MOST_FAILURES + 1):
        failed(breaker, "a", kind, "reservation")
    breaker.ask("a")


@pytest.mark.parametrize("kind", [failures.CONNECTION_FAILED, failures.MODEL_TIMEOUT])
def test_where_nothing_answers_no_model_is_asked(kind: str) -> None:
    breaker = Breaker("ours", Clock())
    for number in range(MOST_FAILURES):
        failed(breaker, f"m{number}", kind)
    assert refused(breaker, "other") == 5


def test_one_question_finds_out_and_it_opens_for_longer_each_time() -> None:
    clock = Clock()
    breaker = Breaker("ours", clock)
    for _ in range(MOST_FAILURES):
        failed(breaker, "a")
    waits = []
    for _ in range(7):
        clock.now += refused(breaker, "a")
        probe = breaker.ask("a")
        assert refused(breaker, "a") > 0, "one at a time"
        probe.failed(ProviderFailure(failures.OVERLOADED, "no luck", charge="none"))
        waits.append(refused(breaker, "a"))
    assert waits == [10, 20, 40, LONGEST_SECONDS, LONGEST_SECONDS, LONGEST_SECONDS, LONGEST_SECONDS]
    clock.now += LONGEST_SECONDS
    breaker.ask("a").answered()
    for _ in range(MOST_FAILURES - 1):
        failed(breaker, "a")
    breaker.ask("a")


def test_a_question_that_was_given_up_lets_the_next_one_through() -> None:
    clock = Clock()
    breaker = Breaker("ours", clock)
    for _ in range(MOST_FAILURES):
        failed(breaker, "a")
    clock.now += 5
    breaker.ask("a").given_up()
    breaker.ask("a").answered()


def test_an_answer_to_what_was_asked_before_it_opened_closes_it_too() -> None:
    breaker = Breaker("ours", Clock())
    before = breaker.ask("a")
    for _ in range(MOST_FAILURES):
        failed(breaker, "a")
    refused(breaker, "a")
    before.answered()
    breaker.ask("a")
    breaker.ask("a")


def test_a_wait_is_told_in_tenths_of_a_second_and_never_too_short() -> None:
    clock = Clock()
    breaker = Breaker("ours", clock)
    for _ in range(MOST_FAILURES):
        failed(breaker, "a")
    clock.now += 1.23
    assert refused(breaker, "a") == 3.8
    clock.now += 3.76
    assert refused(breaker, "a") == 0.1


@pytest.mark.parametrize(
    ("kind", "charge", "whole", "model"),
    [
        (failures.CONNECTION_FAILED, "none", True, None),
        (failures.CONNECTION_FAILED, "reservation", True, None),
        (failures.MODEL_TIMEOUT, "none", True, None),
        (failures.MODEL_TIMEOUT, "reservation", False, None),
        (failures.OVERLOADED, "none", False, True),
        (failures.OVERLOADED, "reservation", False, True),
        (failures.RATE_LIMITED, "none", False, False),
    ],
)
def test_what_a_failure_says_of_the_provider_and_of_its_model(
    kind: str, charge: Charge, whole: bool, model: bool | None
) -> None:
    """That it fails, that it is there, or (None) nothing: then it stays as it was."""
    question = Question(Circuit(failed=2), Circuit(failed=2), Clock())
    question.failed(ProviderFailure(kind, "no luck", charge=charge))
    counts = {True: 3, False: 0, None: 2}
    assert (question.whole.failed, question.model.failed) == (counts[whole], counts[model])


def test_of_a_long_reason_the_beginning_is_told() -> None:
    breaker = Breaker("ours", Clock())
    for _ in range(MOST_FAILURES):
        breaker.ask("a").failed(ProviderFailure(failures.OVERLOADED, "x" * 900, charge="none"))
    with pytest.raises(ProviderFailure) as caught:
        breaker.ask("a")
    told = f"Overloaded: {'x' * 900}"[:LONGEST_REASON]
    assert caught.value.message == f"a at ours failed 5 times in a row and is left alone for now ({told})"
