"""What the plan takes for given is what the run does."""

from decimal import Decimal

from dsl.planning import calls, history, plans
from dsl.planning.page import money
from interpreter.boundary.payloads import REFUSABLE
from interpreter.core import locks, policies
from interpreter.core.constructs import batch
from interpreter.workflow import limits


def test_the_plan_has_the_numbers_of_the_run() -> None:
    assert limits.SOFT_EVENTS == history.EXECUTION
    assert limits.MOST_IN_FLIGHT == plans.AT_ONCE
    assert limits.LOCAL_RESULT == history.LARGEST_VALUE
    assert locks.LONGEST_WAIT * 1_000 == calls.LONGEST_LOCK_WAIT
    assert policies.LONGEST_MISFIT_DELAY == calls.LONGEST_REFUSAL
    assert len(REFUSABLE) + 1 <= plans.ADAPTED
    assert batch.LONGEST_PAUSE * 1_000 == plans.LONGEST_LOOK


def test_waits_of_a_busy_server_are_counted_until_they_are_longest() -> None:
    assert policies.misfit_delay(calls.REFUSALS) == calls.LONGEST_REFUSAL


def test_the_wait_before_a_model_is_asked_again_is_no_longer_than_planned() -> None:
    longest = max(policies.backoff(None, tries) for tries in range(1, 40))
    assert longest * 1.5 <= plans.SPREAD


def test_money_is_never_told_as_less_than_it_is() -> None:
    told = {text: money(Decimal(text)) for text in ("1.004", "1.000001", "30.1", "1", "0.00012", "0")}
    assert told == {
        "1.004": "1.01",
        "1.000001": "1.01",
        "30.1": "30.10",
        "1": "1.00",
        "0.00012": "0.00012",
        "0": "0",
    }
