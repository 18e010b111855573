"""The small rules of the heart, each by itself: who holds a lock, what is left, how long is waited, what is told."""

from datetime import timedelta
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from dsl.ast.declarations import Effect, ToolDeclaration
from dsl.ast.statements import Retry, Step
from interpreter.boundary import failures
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.payloads import Answer, AnswerReply, AnswerVerdict, Spent
from interpreter.core import joins, late_answers, lefts, policies, purses, votes
from interpreter.core.arrivals import _concerns
from interpreter.core.awaited import Arrival, Expected, Wait
from interpreter.core.events import CallFailed, Certainty
from interpreter.core.joins import ALL, KEEP_GOING, TOLD, Join, Judgement
from interpreter.core.lock_queue import MOST_REMEMBERED, LockQueue
from interpreter.core.machine import ROOT
from interpreter.core.outcomes import CANCELLED, DONE, Exit, Failure, failed
from interpreter.core.question import Vote
from interpreter.core.state import Amount, Entry, Frame, Purse, State


def state(*each: Purse, **more: Any) -> State:
    return State("main", "h", "k", purses={purse.path: purse for purse in each}, **more)


# -- locks


def test_who_holds_a_lock_and_who_is_next() -> None:
    queue = LockQueue()
    assert queue.is_idle
    assert queue.ask("a", 1) == ["a"]
    assert queue.ask("a", 1) == ["a"], "the word of it may have been lost"
    assert queue.ask("b", 1) == []
    assert queue.ask("b", 1) == []
    assert queue.ask("c", 2) == [], "who came first is next, however many the other would share it with"
    assert not queue.is_idle
    assert queue.leave("a") == ["b", "c"]
    assert (queue.holding, queue.waiting) == (["b", "c"], [])
    assert queue.leave("b") == []
    assert queue.ask("a", 1) == [], "asking that comes after leaving was late"
    assert queue.ask("d", 2) == ["d"]
    assert queue.leave("e") == []
    assert queue.leave("c") == []
    assert queue.leave("d") == []
    assert queue.is_idle
    assert queue.places == {}


def test_who_does_not_wait_any_more_is_passed_over() -> None:
    queue = LockQueue()
    assert queue.ask("a", 1) == ["a"]
    assert [queue.ask(each, 1) for each in "bc"] == [[], []]
    assert queue.leave("b") == []
    assert queue.leave("a") == ["c"]
    shared = LockQueue()
    assert [shared.ask(each, 2) for each in "abcd"] == [["a"], ["b"], [], []]
    assert shared.leave("a") == ["c"]
    assert not LockQueue(waiting=["x"], places={"x": 1}).is_idle


def test_so_many_who_have_left_are_known() -> None:
    queue = LockQueue()
    for number in range(MOST_REMEMBERED + 1):
        queue.leave(f"t{number}")
    assert len(queue.left) == MOST_REMEMBERED
    assert queue.ask("t1", 1) == []
    assert queue.ask("t0", 1) == ["t0"]


# -- how long is waited

TOOL = ToolDeclaration("t", (), None, Effect("write"), errors=())


def call_failed(kind: str, certainty: Certainty = "answered", **detail: Any) -> CallFailed:
    return CallFailed(0.0, "id", kind, "busy", certainty, details=(detail,))


def test_a_wrong_worker_and_a_missing_object_are_waited_for_longer_and_longer() -> None:
    assert [policies.misfit_delay(each) for each in (1, 2, 3, 13, 14, 10_000)] == [200, 300, 450, 25949, 30_000, 30_000]
    assert [policies.object_delay(each) for each in (1, 2, 6, 7, 8, 10_000)] == [
        1_000,
        2_000,
        32_000,
        60_000,
        60_000,
        60_000,
    ]
    last = policies.DEFAULT_PATIENCE // policies.LONGEST_MISFIT_DELAY
    assert policies.after_no_provider(2) == policies.NextAttempt("again", 300)
    assert policies.after_no_provider(last).what == "again"
    assert policies.after_no_provider(last + 1) == policies.NextAttempt("end", reason="no worker came that can ask")


@pytest.mark.parametrize(
    ("asks", "left", "expected"),
    [
        (None, 1_000, policies.NextAttempt("again", 200)),
        (None, 200, policies.NextAttempt("again", 200)),
        (None, 199, policies.NextAttempt("end", reason="the patience of 10s is over")),
        (0.1, 1_000, policies.NextAttempt("again", 200)),
        (7, 7_000, policies.NextAttempt("again", 7_000)),
        (7, 6_999, policies.NextAttempt("end", reason="the patience of 10s is over")),
        (10, 9_000, policies.NextAttempt("end", reason="the patience of 10s is over")),
        (11, 9_000, policies.NextAttempt("end", reason="it asks for a wait of 11s, and the patience is 10s")),
        ("soon", 1_000, policies.NextAttempt("again", 200)),
    ],
)
def test_a_server_that_takes_none_is_asked_again_when_it_says(
    asks: Any, left: int, expected: policies.NextAttempt
) -> None:
    told = call_failed(failures.SERVER_UNAVAILABLE, retry_after=asks)
    assert policies.after_refusal(told, 1, left=left, patience=10_000) == expected


def test_what_a_step_says_counts_more_than_its_tool() -> None:
    slow = ToolDeclaration("t", (), None, Effect("write"), timeout=7, retry=Retry(1))
    plain = Step("s", None)  # type: ignore[arg-type]
    own = Step("s", None, timeout=3, retry=Retry(2))  # type: ignore[arg-type]
    assert [policies.call_timeout(slow, each) for each in (own, plain, None)] == [3, 7, 7]
    assert policies.call_timeout(TOOL, None) > 7
    assert [policies.retry_of(slow, each) for each in (own, plain, None)] == [Retry(2), Retry(1), Retry(1)]


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        (call_failed(failures.OVERLOADED), (failures.OVERLOADED, "busy")),
        (call_failed("Odd"), (failures.OVERLOADED, "Odd: busy")),
        (call_failed(failures.OVERLOADED, "unknown"), (failures.ATTEMPT_LOST, "busy")),
        (call_failed("Odd", "timed_out"), (failures.ATTEMPT_LOST, "busy")),
    ],
)
def test_nothing_outside_speaks_of_models_in_the_machines_name(failed: CallFailed, words: tuple[str, str]) -> None:
    assert policies.in_our_words(failed) == words


def test_an_address_that_does_not_answer_is_tried_twice_more_and_another_model_at_once() -> None:
    def tries(failed: CallFailed, **more: Any) -> int:
        found = [policies.after_model_failure(failed, n, patience=9_000, seed="s", **more).what for n in range(1, 9)]
        assert found == sorted(found)
        return found.count("again")

    assert tries(call_failed(failures.CONNECTION_FAILED, unreached=True)) == 2
    assert tries(call_failed(failures.CONNECTION_FAILED, unreached="yes")) == 4
    assert tries(call_failed(failures.CONNECTION_FAILED, "unknown", unreached=True)) == 4
    assert tries(call_failed(failures.CIRCUIT_OPEN)) == 6
    assert tries(call_failed(failures.CIRCUIT_OPEN), others=True) == 0
    assert tries(call_failed(failures.OVERLOADED), others=True) == 4
    wait = call_failed(failures.RATE_LIMITED, retry_after=7)
    assert policies.after_model_failure(wait, 1, patience=9_000, seed="s", left=7_000).what == "end"
    assert policies.after_model_failure(wait, 1, patience=7_000, seed="s", left=inf).what == "again"


# -- what is left


def test_the_least_of_what_the_budgets_around_have() -> None:
    outer = Purse(ROOT, None, usd=Decimal(5), tokens=100, deadline=50.0, spent=Amount(Decimal(1), 30, 2))
    inner = Purse("main/b", ROOT, tokens=90, calls=3, spent=Amount(Decimal(1), 10, 5))
    found = state(outer, inner, lease=Lease(deadline=70.0), now=49.5)
    assert lefts.chain(found, "main/b") == [inner, outer]
    assert [lefts.left(found, "main/b", unit) for unit in ("usd", "tokens", "calls")] == [Decimal(4), 70, 0]  # type: ignore[call-overload]
    assert lefts.left(found, ROOT, "calls") is None
    assert lefts.deadline(found, "main/b") == 50.0
    assert lefts.deadline(state(lease=Lease(deadline=70.0)), "") == 70.0
    assert lefts.deadline(state(), "") is None
    outer.reserved = Amount(Decimal(3), 60, 0)
    frame = Frame("main/b/x", "ToolStep", ROOT, "main/b", [1], 0.0)
    assert lefts.left_at(found, frame, "tokens") == 10
    assert lefts.left_at(found, frame, "usd") == Decimal(1)
    assert lefts.left_at(found, frame, "calls") == 0
    assert lefts.left_at(found, frame, "time") == timedelta(milliseconds=500)
    found.now = 51.0
    assert lefts.left_at(found, frame, "time") == timedelta(0)
    outer.reserved = Amount(Decimal(9), 600, 0)
    assert lefts.left_at(found, frame, "usd") == Decimal(0)
    assert (lefts.smaller(None, 3), lefts.smaller(3, None), lefts.smaller(2, 3)) == (3, 3, 2)


def test_what_was_spent_is_told_and_read_again() -> None:
    amount = Amount(Decimal("1.500"), 3, 2)
    assert purses.as_spent(amount) == Spent("1.5", 3, 2)
    assert purses.from_spent(Spent("1.5", 3, 2)) == amount
    assert purses.from_lease(Lease("2", 5, None)) == Amount(Decimal(2), 5, 0)
    assert purses.from_lease(Lease(None, None, 4)) == Amount(Decimal(0), 0, 4)
    assert purses.is_all_of(Spent("2.0", 5, 0), Lease("2", 5, None))
    assert not purses.is_all_of(Spent("2", 4, 0), Lease("2", 5, None))
    assert not purses.is_all_of(None, Lease())
    assert not purses.is_all_of(Spent(), None)
    assert purses.total(state()) == Amount()
    assert purses.total(state(Purse(ROOT, None, spent=amount))) == amount


# -- when branches are done

DOUBT = Entry("main/p/a/s", "t", "k", 1, [1], "uncertain", True)
LOST = Failure("Gone", "it left", "main/p/a/s")
UNKNOWN = Failure(failures.OUTCOME_UNKNOWN, "who knows", "main/p/a/s")
OUTSIDE = Failure(failures.BUDGET_EXCEEDED, "over", "main/p/a/s", purse=ROOT)
INSIDE = Failure(failures.BUDGET_EXCEEDED, "over", "main/p/a/s", purse="main/p/a/b")
BRANCH = "main/p/a"


@pytest.mark.parametrize(
    ("exit_", "doubts", "join", "more", "what"),
    [
        (DONE, [], ALL, {}, "value"),
        (DONE, [], Join("first", 1), {}, "value"),
        (CANCELLED, [], ALL, {}, "nothing"),
        (Exit("yield", 3), [], ALL, {}, "value"),
        (failed(LOST), [], ALL, {}, "stop"),
        (failed(LOST), [], KEEP_GOING, {}, "failure"),
        (failed(LOST), [], Join("first", 1), {}, "failure"),
        (failed(OUTSIDE), [], KEEP_GOING, {}, "failure"),
        (failed(LOST), [], KEEP_GOING, {"stopping": True}, "stop"),
        (failed(LOST), [DOUBT], KEEP_GOING, {}, "stop"),
        (failed(LOST), [], TOLD, {}, "failure"),
        (failed(UNKNOWN), [], TOLD, {}, "stop"),
        (failed(OUTSIDE), [], TOLD, {}, "stop"),
        (failed(INSIDE), [], TOLD, {}, "failure"),
        (failed(Failure("Gone", "", BRANCH, unknown=True)), [], TOLD, {}, "stop"),
        (DONE, [], Join("first", 1), {"decided": True}, "lost"),
        (failed(LOST), [], Join("first", 1), {"decided": True}, "lost"),
        (DONE, [], Join("first", 1), {"decided": True, "stopping": True}, "value"),
        (DONE, [], Join("first", 1, finish_rest=True), {"decided": True}, "value"),
    ],
)
def test_what_the_end_of_a_branch_means(
    exit_: Exit, doubts: list[Entry], join: Join, more: dict[str, bool], what: str
) -> None:
    assert joins.judge(BRANCH, exit_, doubts, join, **more).what == what


def test_a_doubt_is_the_failure_of_the_branch_that_leaves_it() -> None:
    found = joins.judge(BRANCH, failed(LOST), [DOUBT], ALL)
    assert found.failure is not None
    assert found.failure.kind == failures.OUTCOME_UNKNOWN
    assert joins.judge(BRANCH, failed(UNKNOWN), [DOUBT], ALL) == Judgement("stop", UNKNOWN)
    assert joins.judge(BRANCH, failed(LOST), [], ALL) == Judgement("stop", LOST)
    assert joins.judge(BRANCH, failed(LOST), [], KEEP_GOING) == Judgement("failure", LOST)


def test_a_first_is_lost_when_so_many_values_cannot_come_any_more() -> None:
    one, two = {"a": LOST}, {"a": LOST, "b": Failure("Late", "too late")}
    assert joins.too_few(KEEP_GOING, 1, one, "main/p") is None
    assert joins.too_few(Join("first", 1), 2, one, "main/p") is None
    found = joins.too_few(Join("first", 1), 2, two, "main/p")
    assert found == Failure(
        failures.ALL_FAILED,
        "each branch failed: a: Gone: it left; b: Late: too late",
        "main/p",
        [
            {"branch": "a", "kind": "Gone", "message": "it left", "step": "main/p/a/s"},
            {"branch": "b", "kind": "Late", "message": "too late", "step": None},
        ],
    )
    some = joins.too_few(Join("first", 2), 3, two, "main/p")
    assert some is not None
    assert some.message.startswith("fewer than 2 of 3 branches can come to a value: a: ")
    none = joins.too_few(Join("first", 1), 0, {}, "main/p")
    few = joins.too_few(Join("first", 3), 2, {}, "main/p")
    assert none is not None
    assert few is not None
    assert none.message == "nobody ran in this race"
    assert few.message == "the first 3 were waited for, and there are 2"
    assert joins.too_few(Join("first", 1), 2, {"a": LOST, "b": OUTSIDE}, "main/p") == OUTSIDE
    many = {f"b{number}": LOST for number in range(joins.MOST_CAUSES + 1)}
    told = joins.too_few(Join("first", 1), len(many), many, "main/p")
    assert told is not None
    assert len(told.details) == joins.MOST_CAUSES  # type: ignore[arg-type]
    assert told.message.endswith(f"b4: Gone: it left; and {len(many) - joins.MOST_TOLD} more")
    exactly = joins.too_few(Join("first", 1), 5, {f"b{number}": LOST for number in range(5)}, "main/p")
    assert exactly is not None
    assert exactly.message.endswith("b4: Gone: it left")


# -- answers that find no open question


def answer(id_: str, question: str = "q", by: str = "ann") -> Answer:
    return Answer(id_, question, "approve", by)


def test_an_answer_is_taken_once_and_its_id_stands_for_it() -> None:
    found = state(questions={"q": None})
    assert late_answers.reply_without_question(found, answer("1")) is None
    late_answers.see(found, answer("1"), "approved", 0)
    late_answers.see(found, answer("2"), late_answers.REFUSED, 5)
    assert late_answers.reply_without_question(found, answer("1")) == AnswerReply(
        True, "approved", "this answer was taken before"
    )
    assert late_answers.reply_without_question(found, answer("1", by="bob")) == AnswerReply(
        False, late_answers.REFUSED, late_answers.ANOTHER_ANSWER
    )
    assert late_answers.reply_without_question(found, answer("2")) == AnswerReply(
        False, late_answers.REFUSED, "this answer was refused before; answer anew"
    )
    late_answers.settle(found, "over", "approved by ann")
    assert late_answers.reply_without_question(found, answer("3", "over")) == AnswerReply(
        False, "already_answered", "this question is closed: approved by ann"
    )
    assert late_answers.closed(found, "other").outcome == "unknown_question"


def test_what_is_forgotten_leaves_its_time_behind() -> None:
    found, most = state(), late_answers.MOST_REMEMBERED
    for number in range(most):
        late_answers.see(found, answer(f"a{number}"), "approved", 1_000 - number)
        late_answers.settle(found, f"q{number}", "approved")
    assert (len(found.answers_seen), len(found.settled), found.forgotten) == (most, most, 0)
    late_answers.see(found, answer("more"), "approved", 0)
    late_answers.settle(found, "more", "approved")
    assert (len(found.answers_seen), found.forgotten, "a0" in found.answers_seen) == (most, 1_000, False)
    assert (len(found.settled), "q0" in found.settled, "more" in found.settled) == (most, False, True)
    late_answers.see(found, answer("again"), "approved", 0)
    assert found.forgotten == 1_000, "the latest of those that are forgotten"


# -- what people read of votes


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        ({}, AnswerVerdict("unverified"), "unverified: approve by ann"),
        ({}, AnswerVerdict("verified", "Ann", key="k1"), "approve by Ann (key k1)"),
        (
            {"group": "leads", "answer": {"n": 5}, "note": "as agreed"},
            AnswerVerdict("unverified"),
            'unverified: approve by ann for leads with {"n": 5}: as agreed',
        ),
        ({"group": "", "answer": "ü"}, AnswerVerdict("verified"), 'approve by ann for  with "ü"'),
    ],
)
def test_a_vote_in_words(given: dict[str, Any], verdict: AnswerVerdict, words: str) -> None:
    assert votes.told(Answer("1", "q", "approve", "ann", **given), verdict) == words


def test_voters_in_words() -> None:
    one = Vote(Answer("1", "q", "approve", "ann", group="leads"), AnswerVerdict("unverified"), 0.0, 0, None, None)
    other = Vote(Answer("2", "q", "approve", "bob", note="fine"), AnswerVerdict("verified", "bob"), 0.0, 0, None, None)
    assert votes.voters([]) == ""
    assert votes.voters([one, other]) == "by unverified ann for leads, bob: fine"


# -- waits for events


@pytest.mark.parametrize(
    ("deadline", "began", "concerns"),
    [
        (None, 0, True),
        (8.0, 0, True),
        (7.0, 0, False),
        (6.0, 0, False),
        (6.0, 4, False),
        (6.0, 5, True),
        (6.0, 6, True),
    ],
)
def test_an_event_is_in_time_before_the_deadline_or_when_it_was_there_already(
    deadline: float | None, began: int, concerns: bool
) -> None:
    arrival = Arrival(5, "e", "mail", "ann", "bob", 7.0, 10)
    for expected, fits in (
        ([Expected("mail", "ann")], True),
        ([Expected("bell"), Expected("mail")], True),
        ([Expected("mail", "cem")], False),
        ([Expected("bell", "ann")], False),
    ):
        assert _concerns(Wait(expected, deadline, began), arrival) is (fits and concerns)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (-(2**63 - 1), "'-9223372036854775807'"),
        (-(2**63), "int"),
        ("x" * 41, repr("x" * 40)),
        (-1.5, "'-1.5'"),
        (True, "bool"),
        ([], "list"),
    ],
)
def test_a_wait_that_cannot_be_is_told_as_far_as_it_can_be_written(told: Any, shown: str) -> None:
    following = policies.after_model_failure(
        call_failed(failures.RATE_LIMITED, retry_after=told), 1, patience=7_000, seed="s"
    )
    assert following.reason == f"it asks for a wait that cannot be: {shown}"
