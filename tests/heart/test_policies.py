"""What follows a failed attempt, as a table."""

import pytest

from dsl.ast.declarations import Effect, ToolDeclaration
from dsl.ast.defaults import MOST_TRIES
from dsl.ast.statements import Retry
from interpreter.boundary import failures
from interpreter.core import certainty, policies
from interpreter.core.events import CallFailed, Certainty

TWICE = Retry(2, 1_000, 3_000, ("Final",))


def tool(effect: str, *, keyed: bool = False) -> ToolDeclaration:
    return ToolDeclaration("t", (), None, Effect(effect, keyed=keyed), errors=("Refused", "Final"))  # type: ignore[arg-type]


READ, IDEMPOTENT, WRITE, KEYED = tool("read"), tool("idempotent"), tool("write"), tool("write", keyed=True)
PAY = tool("irreversible")


def failure(kind: str, certainty: Certainty = "answered", *, retryable: bool = True) -> CallFailed:
    return CallFailed(0.0, "id", kind, "", certainty, retryable)


LOST = failure("TimedOut", "unknown")
NO_WORKER = failure("TimedOut", "not_started")
REFUSED, FINAL, BROKEN = failure("Refused"), failure("Final"), failure("ValueError")


@pytest.mark.parametrize(
    ("declared", "failed", "expected"),
    [
        (WRITE, REFUSED, True),
        (WRITE, NO_WORKER, True),
        (WRITE, BROKEN, False),
        (WRITE, LOST, False),
        (WRITE, failure("Refused", "cancelled"), False),
        (WRITE, failure("Refused", "unknown"), False),
        (WRITE, failure(failures.SIGNATURE_MISMATCH), True),
        (WRITE, failure(failures.NOT_CALLED), True),
        (PAY, BROKEN, False),
        (KEYED, LOST, False),
    ],
)
def test_what_is_known_not_to_have_happened(declared: ToolDeclaration, failed: CallFailed, expected: bool) -> None:
    assert certainty.nothing_happened(declared, failed) is expected


@pytest.mark.parametrize(
    ("declared", "failed", "expected"),
    [(KEYED, REFUSED, True), (WRITE, REFUSED, False), (IDEMPOTENT, REFUSED, False), (KEYED, BROKEN, False)],
)
def test_whose_answer_tells_of_earlier_attempts(declared: ToolDeclaration, failed: CallFailed, expected: bool) -> None:
    assert certainty.speaks_for_all(declared, failed) is expected


@pytest.mark.parametrize(
    ("declared", "retry", "failed", "attempt", "doubt", "key_left", "expected"),
    [
        # what nobody knows is not called again, unless it can do no harm
        (WRITE, TWICE, LOST, 1, True, None, None),
        (PAY, TWICE, LOST, 1, True, None, None),
        (READ, TWICE, LOST, 1, True, None, 1_000),
        (IDEMPOTENT, TWICE, LOST, 1, True, None, 1_000),
        (KEYED, TWICE, LOST, 1, True, None, 1_000),
        # a key holds when the next attempt still comes in its time
        (KEYED, TWICE, LOST, 1, True, 1_001.0, 1_000),
        (KEYED, TWICE, LOST, 1, True, 1_000.0, None),
        (KEYED, TWICE, LOST, 2, True, 1_500.0, None),
        (KEYED, TWICE, NO_WORKER, 1, False, 0.0, 1_000),
        (KEYED, TWICE, NO_WORKER, 2, True, 0.0, None),
        # a declared error is tried again only where the author says so
        (WRITE, TWICE, REFUSED, 1, False, None, 1_000),
        (WRITE, TWICE, REFUSED, 2, False, None, 2_000),
        (WRITE, TWICE, REFUSED, 3, False, None, None),
        (WRITE, TWICE, FINAL, 1, False, None, None),
        (WRITE, None, REFUSED, 1, False, None, None),
        (READ, None, REFUSED, 1, False, None, None),
        # by default the outside gets two more attempts
        (WRITE, None, NO_WORKER, 1, False, None, 1_000),
        (READ, None, BROKEN, 2, True, None, 2_000),
        (READ, None, BROKEN, 3, True, None, None),
        # what cannot get better
        (READ, TWICE, failure("ValueError", retryable=False), 1, True, None, None),
        (READ, TWICE, failure(failures.SIGNATURE_MISMATCH), 1, False, None, None),
        (READ, TWICE, failure(failures.NOT_CALLED), 1, False, None, None),
    ],
)
def test_the_next_attempt_at_a_tool(
    declared: ToolDeclaration,
    retry: Retry | None,
    failed: CallFailed,
    attempt: int,
    doubt: bool,
    key_left: float | None,
    expected: int | None,
) -> None:
    assert policies.retry_delay(declared, retry, failed, attempt, doubt=doubt, key_left=key_left) == expected


@pytest.mark.parametrize(
    ("retry", "waits"),
    [
        (TWICE, [1_000, 2_000, 3_000, 3_000]),
        (None, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]),
        (Retry(9, 90_000), [90_000, 90_000]),
    ],
)
def test_waits_double_up_to_the_longest(retry: Retry | None, waits: list[int]) -> None:
    assert [policies.backoff(retry, attempt) for attempt in range(1, len(waits) + 1)] == waits
    assert policies.backoff(retry, 10_000) == waits[-1]


@pytest.mark.parametrize(
    ("kind", "patience"),
    [
        (failures.RATE_LIMITED, 6),
        (failures.OVERLOADED, 4),
        (failures.CONNECTION_FAILED, 4),
        (failures.MODEL_TIMEOUT, 1),
        (failures.REFUSED, 0),
        (failures.AUTHENTICATION, 0),
        (failures.QUOTA_EXCEEDED, 0),
    ],
)
def test_a_model_gets_as_many_more_tries_as_its_failure_deserves(kind: str, patience: int) -> None:
    failed = failure(kind)
    assert _tries(failed) == ["again"] * patience + ["end"] * (8 - patience)


@pytest.mark.parametrize("seen", ["not_started", "timed_out", "unknown", "cancelled"])
def test_a_lost_attempt_is_made_again_at_the_same_model(seen: Certainty) -> None:
    assert _tries(failure("TimedOut", seen)) == ["again"] * 4 + ["end"] * 4


def _tries(failed: CallFailed) -> list[str]:
    return [policies.after_model_failure(failed, n, patience=120_000, seed="s").what for n in range(1, 9)]


def limited(wait: object) -> CallFailed:
    return CallFailed(0.0, "id", failures.RATE_LIMITED, "", "answered", details=({"retry_after": wait},))


def test_a_model_is_left_alone_as_long_as_it_says() -> None:
    waits = {policies.after_model_failure(limited(7), 1, patience=7_000, seed=f"run {n}").delay for n in range(20)}
    assert len(waits) > 10  # runs that failed together do not come back together
    assert all(7_000 <= wait < 7_500 for wait in waits)


@pytest.mark.parametrize(
    ("wait", "reason"),
    [
        (7.001, "it asks for a wait of 7s1ms, and the patience is 7s"),
        (7200, "it asks for a wait of 2h, and the patience is 7s"),
        *((told, "it asks for a wait that cannot be: ") for told in (-1, float("nan"), float("inf"), 1e308, 10**5000)),
        *((told, "it asks for a wait that cannot be: ") for told in ("7", "soon", True, [], {}, "x" * 9_999)),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else type(value).__name__,
)
def test_a_wait_that_is_too_long_or_cannot_be_ends_with_this_model(wait: object, reason: str) -> None:
    following = policies.after_model_failure(limited(wait), 1, patience=7_000, seed="s")
    assert following.what == "end"
    assert following.reason.startswith(reason)
    assert len(following.reason) < 100


def test_a_wait_that_outlasts_the_time_around_is_for_nothing() -> None:
    following = policies.after_model_failure(limited(7), 1, patience=60_000, seed="s", left=6_500.7)
    assert following.what == "end"
    assert following.reason == "it asks for a wait of 7s, and the budget has 6s500ms left"
    assert policies.after_model_failure(limited(7), 1, patience=60_000, seed="s", left=7_001).what == "again"


@pytest.mark.parametrize("details", [(), ({},), (7,), ("no",), ([],), ({"retry_after": None},), (None, {"a": 1})])
def test_where_no_wait_is_told_it_is_ours(details: tuple[object, ...]) -> None:
    told = CallFailed(0.0, "id", failures.OVERLOADED, "", "answered", details=details)
    following = policies.after_model_failure(told, 2, patience=1, seed="run")
    assert (following.what, 2_000 <= following.delay < 3_000) == ("again", True)


def test_a_wait_is_the_same_when_it_is_decided_again() -> None:
    first = policies.after_model_failure(failure(failures.OVERLOADED), 2, patience=1, seed="run")
    assert first == policies.after_model_failure(failure(failures.OVERLOADED), 2, patience=1, seed="run")


@pytest.mark.parametrize("kind", sorted(failures.MODEL_FAILURES))
@pytest.mark.parametrize("certainty", ["answered", "unknown", "timed_out"])
def test_no_model_is_tried_more_often_than_the_bound_of_a_flow_counts(kind: str, certainty: Certainty) -> None:
    last = policies.after_model_failure(failure(kind, certainty), MOST_TRIES, patience=1_000, seed="s")
    assert last.what == "end"


def test_an_agent_says_how_often_and_not_what_for() -> None:
    retry = Retry(1, 5_000, 60_000, (failures.RATE_LIMITED,))

    def following(kind: str, tries: int) -> policies.NextAttempt:
        return policies.after_model_failure(failure(kind), tries, patience=1_000, seed="s", retry=retry)

    first = following(failures.MODEL_TIMEOUT, 1)
    assert (first.what, 5_000 <= first.delay <= 7_500) == ("again", True)
    assert following(failures.MODEL_TIMEOUT, 2).what == "end"
    for never in (failures.RATE_LIMITED, failures.AUTHENTICATION, failures.REFUSED):
        assert following(never, 1).what == "end"
