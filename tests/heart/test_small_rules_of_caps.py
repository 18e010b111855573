"""The small rules of caps and of what was spent: which day counts, what is set aside, when it is asked again."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from interpreter.boundary.caps import Cap, ClaimReply, Page
from interpreter.boundary.costs import Cost
from interpreter.boundary.failures import BUDGET_EXCEEDED, CANCELLED
from interpreter.boundary.payloads import ChildReport
from interpreter.boundary.send import EventReply
from interpreter.core import caps, costs, event_replies
from interpreter.core.caps import Refusal
from interpreter.core.events import CallFailed
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure
from interpreter.core.state import Amount, State

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
MIDNIGHT = datetime(2026, 11, 30, tzinfo=UTC).timestamp()


def state(*bound: Cap, **more: Any) -> State:
    return State("main", "h", "k", caps=list(bound), **({"now": NOON} | more))


@pytest.mark.parametrize(
    ("per", "moment", "name", "ends"),
    [
        ("day", (2026, 11, 29, 12), "2026-11-29", (2026, 11, 30)),
        ("day", (2026, 12, 31, 23), "2026-12-31", (2027, 1, 1)),
        ("month", (2026, 11, 29), "2026-11", (2026, 12, 1)),
        ("month", (2026, 12, 1), "2026-12", (2027, 1, 1)),
        ("month", (2028, 2, 29), "2028-02", (2028, 3, 1)),
    ],
)
def test_which_day_or_month_counts(per: str, moment: Any, name: str, ends: Any) -> None:
    at = datetime(*moment, tzinfo=UTC).timestamp()
    assert caps.period(per, at) == (name, datetime(*ends, tzinfo=UTC).timestamp())


USD, TOKENS = Cap("u", "books/u", usd="5"), Cap("t", "books/t", per="month", tokens=9, waits=True)
OF_M, NONE = Cap("m", "books/m", usd="5", models=["m"]), Cap("n", "books/n")


@pytest.mark.parametrize(
    ("need", "model", "bound"),
    [
        (Amount(Decimal("0.5"), 3), "m", "u t m"),
        (Amount(Decimal("0.5"), 3), "x", "u t"),
        (Amount(Decimal("0.5"), 0), None, "u"),
        (Amount(Decimal(0), 3), "m", "t"),
        (Amount(), "m", ""),
    ],
)
def test_which_caps_bind_a_call(need: Amount, model: str | None, bound: str) -> None:
    claim = caps.claim(state(USD, TOKENS, OF_M, NONE), "c!1", need, model)
    assert " ".join([] if claim is None else [page.cap for page in claim.pages]) == bound
    if claim is not None:
        assert (claim.id, claim.usd, claim.tokens, claim.run) == (
            "k/c!1",
            f"{need.usd.normalize():f}",
            need.tokens,
            "k",
        )


def test_what_stands_on_a_page() -> None:
    claim = caps.claim(state(USD, TOKENS, OF_M), "c", Amount(Decimal("0.50"), 3), "m")
    assert claim is not None
    december = datetime(2026, 12, 1, tzinfo=UTC).timestamp()
    assert claim.usd == "0.5"
    assert claim.pages == [
        Page("books/u/2026-11-29", "u", "5", None, MIDNIGHT),
        Page("books/t/2026-11", "t", None, 9, december, waits=True),
        Page("books/m/2026-11-29", "m", "5", None, MIDNIGHT, some=True),
    ]


def refused(**details: Any) -> Refusal:
    return Refusal("no", {"cap": "u", "renews": NOON + 100.0, **details})


def test_when_a_claim_is_made_again() -> None:
    def waits(tries: int = 1, **details: Any) -> int | None:
        return caps.again_in(state(), refused(**details), tries, "seed")

    assert waits() is None, "it is spent, and nobody waits for tomorrow"
    assert waits(too_large=True, busy=True, waits=True) is None
    assert 1_000 <= (waits(busy=True) or 0) < 1_500
    assert 2_000 <= (waits(2, busy=True) or 0) < 3_000
    assert 30_000 <= (waits(6, busy=True) or 0) < 45_000
    assert 30_000 <= (waits(10_000, busy=True) or 0) < 45_000
    assert waits(6, busy=True, renews=NOON + 20.0) == 20_000, "no longer than to the next day"
    assert 100_000 <= (waits(waits=True) or 0) < 100_500
    for details in ({}, {"busy": True}, {"waits": True}):
        assert 0 <= (waits(renews=NOON - 5.0, **details) or 0) < 500, "it is another day by now"
    spread = {waits(busy=True)} | {caps.again_in(state(), refused(busy=True), 1, f"s{n}") for n in range(9)}
    assert len(spread) > 5, "who wait together do not ask together"


ANEW = "it begins anew at 2026-11-30 00:00 UTC"
UNDER_WAY = "for calls under way"
PAGE = Page("books/u/2026-11-29", "u", "5", 1_000, MIDNIGHT)


@pytest.mark.parametrize(
    ("reply", "page", "words", "more"),
    [
        (
            {"outcome": "refused", "limit": "usd", "spent": "4", "needed": "2"},
            {},
            f"the cap `u` is 5 usd; 4 are spent, and this call needs up to 2; {ANEW}",
            {},
        ),
        (
            {"outcome": "busy", "limit": "usd", "spent": "1", "reserved": "3", "needed": "2"},
            {"waits": True, "some": True},
            f"the cap `u` is 5 usd; 1 are spent and 3 are set aside {UNDER_WAY}, and this call needs up to 2; {ANEW}",
            {"busy": True, "waits": True, "some_models": True},
        ),
        (
            {"outcome": "refused", "limit": "tokens", "spent": "0", "needed": "1,001"},
            {},
            "the cap `u` is 1,000 tokens; 0 are spent, and this call needs up to 1,001, which is more than all of it",
            {"too_large": True, "allowed": "1000", "limit": "tokens", "needed": "1,001", "spent": "0"},
        ),
        (
            {"outcome": "refused", "limit": "tokens", "spent": "1", "needed": "1,000"},
            {},
            f"the cap `u` is 1,000 tokens; 1 are spent, and this call needs up to 1,000; {ANEW}",
            {"allowed": "1000", "limit": "tokens", "needed": "1,000", "spent": "1"},
        ),
        (
            {"outcome": "refused", "limit": "usd", "spent": "0", "needed": "2", "closed": True},
            {},
            "the book of the cap `u` was ended, so nobody knows what is spent; it begins anew at 2026-11-30 00:00 UTC",
            {"spent": "0"},
        ),
    ],
)
def test_a_refused_claim_in_words(reply: Any, page: Any, words: str, more: dict[str, Any]) -> None:
    event = caps.refused_claim("c", 7.0, ClaimReply(page=Page(**(vars(PAGE) | page)), **reply))
    usual = {"cap": "u", "limit": "usd", "allowed": "5", "spent": reply["spent"], "needed": reply["needed"]}
    assert event == CallFailed(
        7.0, "c", BUDGET_EXCEEDED, words, "not_started", details=({**usual, "renews": MIDNIGHT, **more},)
    )
    found = caps.refusal(event)
    assert found is not None
    assert (found.message, found.cap) == (words, "u")
    failure = caps.failure(found, "main/a", 3)
    assert failure.details == {
        **{name: told for name, told in found.details.items() if name not in ("busy", "waits", "too_large")},
        "attempts": 3,
    }
    assert caps.is_reached(failure)
    assert caps.counts_some(failure) is ("some_models" in more)


def test_what_was_settled_before_and_what_is_no_cap() -> None:
    over = caps.refused_claim("c", 7.0, ClaimReply("over"))
    assert (over.kind, over.certainty, over.retryable) == (CANCELLED, "not_started", False)
    assert caps.refusal(over) is None
    assert caps.refusal(CallFailed(0.0, "c", BUDGET_EXCEEDED, "", "answered", details=({"limit": "usd"},))) is None
    assert caps.refusal(CallFailed(0.0, "c", "Odd", "", "answered", details=({"cap": "u"},))) is None
    assert not caps.is_reached(Failure("Odd", "", details={"cap": "u"}))
    assert not caps.is_reached(Failure(BUDGET_EXCEEDED, "", details={"limit": "usd"}))
    assert not caps.is_reached(Failure(BUDGET_EXCEEDED, "", details="cap"))
    assert not caps.counts_some(Failure("Odd", "", details={"cap": "u", "some_models": True}))


# -- what was spent where


def test_what_a_child_was_charged_beside_what_it_tells_has_no_name() -> None:
    told = [Cost("below", "main/a", "ask", "m", "2026-11-29", "0.5", 30, attempts=2, unpriced=5)]
    found = state()
    costs.adopt(found, "below", ChildReport("c", "failed", costs=told), Amount(Decimal("0.75"), 40))
    rows = sorted(found.costs.values(), key=lambda row: row.name)
    assert rows == [Cost("below", day="2026-11-29", usd="0.25", tokens=10, attempts=0), *told]
    costs.adopt(found, "below", ChildReport("c", "completed", costs=told), Amount(Decimal("0.5"), 30))
    assert [(row.usd, row.tokens, row.attempts, row.unpriced) for row in found.costs.values()] == [
        ("1", 60, 4, 10),
        ("0.25", 10, 0, 0),
    ]
    for report, charged in (
        (ChildReport("c", "completed", rehearsal=True), Amount(Decimal(1), 9)),
        (ChildReport("c", "completed"), Amount()),
    ):
        other = state()
        costs.adopt(other, "below", report, charged)
        assert other.costs == {}
    tokens = state()
    costs.adopt(tokens, "below", ChildReport("c", "lost", costs=told), Amount(Decimal("0.25"), 31))
    assert [(row.usd, row.tokens) for row in tokens.costs.values()] == [("0.5", 30), ("0", 1)]


def test_a_detached_run_stands_for_itself() -> None:
    found = state()
    costs.detached(found, "below", Amount())
    assert found.costs == {}
    costs.detached(found, "below", Amount(Decimal("0.5")))
    costs.detached(found, "below", Amount(Decimal("0.25"), 3))
    (row,) = found.costs.values()
    assert row == Cost("below", day="2026-11-29", usd="0.75", tokens=3, attempts=0, detached=True)


def test_the_rows_of_the_longest_ago_lose_their_days() -> None:
    found = state(now=0.0)
    for day in range(costs.MOST_ROWS):
        found.now = day * 86_400.0
        costs.detached(found, "below", Amount(tokens=1))
    assert len(found.costs) == costs.MOST_ROWS
    found.now += 86_400
    costs.detached(found, "below", Amount(tokens=1))
    assert len(found.costs) == costs.MOST_ROWS, "the first two have no day now, and are one row"
    found.now += 86_400
    costs.detached(found, "below", Amount(tokens=1))
    without = [row for row in found.costs.values() if not row.day]
    assert [(row.tokens, row.detached) for row in without] == [(3, True)]
    assert sum(row.tokens for row in found.costs.values()) == costs.MOST_ROWS + 2


def test_of_one_day_all_rows_stay() -> None:
    found = state()
    for number in range(costs.MOST_ROWS + 2):
        costs.detached(found, f"flow{number}", Amount(tokens=1))
    assert len(found.costs) == costs.MOST_ROWS + 2
    assert all(row.day for row in found.costs.values())


def test_what_was_charged_is_told_by_its_step() -> None:
    bought: list[Any] = [("ask", "m")]
    kind = SimpleNamespace(buys=lambda _frame: bought[0])
    machine = cast(Machine, SimpleNamespace(state=state(), table={"K": kind}))
    frame = cast(Any, SimpleNamespace(kind="K", address="main/a"))
    costs.charged(machine, frame, Amount())
    costs.charged(machine, frame, Amount(Decimal("0.5"), 30))
    costs.charged(machine, frame, Amount(Decimal("0.5"), 0))
    bought[0] = ("pay", "")
    costs.charged(machine, frame, Amount(Decimal("0.1"), 5))
    bought[0] = None
    costs.charged(machine, frame, Amount(Decimal(9), 9))
    assert list(machine.state.costs.values()) == [
        Cost("main", "main/a", "ask", "m", "2026-11-29", "1", 30, unpriced=30, attempts=2),
        Cost("main", "main/a", "pay", "", "2026-11-29", "0.1", 5, unpriced=0, attempts=1),
    ]


# -- what senders of events are answered


def test_a_reply_is_given_once_and_kept_for_a_while() -> None:
    found = state()
    machine = cast(Machine, SimpleNamespace(state=found))
    event_replies.give(machine, "e", 1, 10)
    event_replies.give(machine, "e", 2, 10)
    assert event_replies.told(found, "e") == EventReply("replied", 1)
    assert event_replies.told(found, "other") == EventReply("forgotten")
    found.arrivals_seen["other"] = None  # type: ignore[assignment]
    for status, standing in (("running", "waiting"), ("undoing", "waiting"), ("completed", "never")):
        found.status = status  # type: ignore[assignment]
        assert event_replies.told(found, "other") == EventReply(standing)
    for number in range(event_replies.MOST_KEPT):
        event_replies.give(machine, f"e{number}", 1, 10)
    assert len(found.replies) == event_replies.MOST_KEPT
    assert "e" not in found.replies
    event_replies.give(machine, "large", 1, event_replies.MOST_BYTES_KEPT - 20)
    assert list(found.replies) == [f"e{event_replies.MOST_KEPT - 2}", f"e{event_replies.MOST_KEPT - 1}", "large"]
