"""A provider that fails again and again is left alone, and asked again: with time as the test has it."""

import pytest

from interpreter.boundary import failures
from interpreter.providers.breaker import LONGEST_SECONDS, MOST_FAILURES, Breaker
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
