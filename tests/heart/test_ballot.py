"""Who may answer, and when it is decided: sequences of answers with what each comes to."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.payloads import Answer, AnswerVerdict, Signature
from interpreter.core.late_answers import MOST_REMEMBERED, reply_without_question, see
from interpreter.core.question import Question
from interpreter.core.state import State
from interpreter.simulation.simulation import START, Knows, SimulatedRun, Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

FLOW = """\
edition 1

flow main(owner: text) -> json {{
  await approval pay "Pay?" {{ show owner {answer} {stages} }}
  return {{ outcome: pay.outcome, approved: pay.approved, by: pay.by{given} }}
}}
"""
AMOUNT = 'answer { amount: decimal at least 1, note: text = "" }'
LATER = 'timeout 1h then ask from 2 of "board", "legal" timeout 2h then reject'


def definition(stages: str, *, typed: bool = False) -> Definition:
    found = definition_of(FLOW.format(stages=stages, answer=AMOUNT * typed, given=", answer: pay.answer" * typed))
    assert found is not None
    return found


@dataclass(frozen=True)
class Says:
    """One answer, `at` seconds after the question (by default: when those before are counted), and the beginning of
    what is replied to it.
    """

    by: str
    expected: str
    decision: str = "approve"
    group: str | None = "a"
    amount: str | None = None
    at: float = 0.0


def asked(flow: Definition, answers: list[Says]) -> tuple[list[str], SimulatedRun]:
    simulation = Simulation(flow, World())
    run = simulation.run({"owner": "olga"}, requester="rita")
    for number, each in enumerate(answers):
        given = None if each.amount is None else {"amount": each.amount}
        answer = Answer(f"{number}", "main/pay", each.decision, each.by, given, each.group)
        simulation.at(START + (each.at or number / 1000), lambda answer=answer: give(run, answer))  # type: ignore[misc]
    simulation.go()
    return [f"{reply.outcome}: {reply.message}" for reply in run.replies], run


def give(run: SimulatedRun, answer: Answer) -> None:
    """As somebody who sees what is proposed at this moment."""
    question = run.state.questions.get(answer.question)
    seen = question.proposal_digest if question is not None and answer.answer is None else None
    run.answer(replace(answer, proposal=seen))


CASES: dict[str, tuple[str, list[Says], dict[str, Any]]] = {
    "one of either group": (
        'from "a", "b" timeout 1h then reject',
        [Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "the groups are those that are asked": (
        'from "a", "b" timeout 1h then reject',
        [Says("ann", "refused: `ann` is not asked here", group="c"), Says("ann", "approved", group="b")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "one rejection rejects": (
        'from 2 of "a" timeout 1h then approve',
        [Says("ann", "recorded"), Says("bob", "rejected", "reject")],
        {"outcome": "rejected", "approved": False, "by": ["bob"]},
    ),
    "a person counts once": (
        'from 2 of "a", "b" timeout 1h then reject',
        [Says("ann", "recorded", group="a"), Says("ann", "recorded", group="b"), Says("bob", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann", "bob"]},
    ),
    "all of needs one for each": (
        'from all of "a", "b" timeout 1h then reject',
        [
            Says("ann", "recorded: recorded; still to agree: b", group="a"),
            Says("bob", "recorded: recorded; still to agree: b", group="a"),
            Says("ann", "recorded: recorded; still to agree: b", group="b"),
            Says("cem", "approved", group="b"),
        ],
        {"outcome": "approved", "approved": True, "by": ["ann", "bob", "cem"]},
    ),
    "a person is named by data": (
        "from person owner timeout 1h then reject",
        [Says("ann", "refused: `ann` is not asked here"), Says(" Olga ", "approved", group=None)],
        {"outcome": "approved", "approved": True, "by": [" Olga "]},
    ),
    "the requester may not": (
        'from "a" except requester timeout 1h then reject',
        [Says("rita", "refused: `rita` asked for this"), Says("rita", "refused", "reject"), Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "votes do not carry over, and who voted counts once": (
        f'from 2 of "a" {LATER}',
        [
            Says("ann", "recorded: recorded; 1 more"),
            Says("ann", "refused: `ann` answered at an earlier stage", group="board", at=4000),
            Says("bob", "recorded: recorded; 1 more", group="board", at=4000),
            Says("cem", "approved", group="legal", at=4001),
        ],
        {"outcome": "approved", "approved": True, "by": ["bob", "cem"]},
    ),
    "the last stage runs out": (
        f'from 2 of "a" {LATER}',
        [Says("ann", "recorded"), Says("bob", "recorded", group="board", at=4000)],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "approved by time, not by anyone": (
        'from 2 of "a" timeout 1h then approve',
        [Says("ann", "recorded")],
        {"outcome": "timed_out", "approved": True, "by": []},
    ),
    "a group is named": (
        'from 2 of "a", "b" timeout 1h then reject',
        [Says("ann", "refused: say for which group you answer: a, b", group=None), Says("ann", "recorded")],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "a person is one, however the name is spelt": (
        'from 2 of "a" timeout 1h then reject',
        [
            Says("Ann", "recorded"),
            Says(" ann\u200b", "recorded"),
            Says("\uff41nn", "recorded"),
            Says("bob", "approved"),
        ],
        {"outcome": "approved", "approved": True, "by": ["Ann", "bob"]},
    ),
    "the requester may not under another spelling": (
        'from "a" except requester timeout 1h then reject',
        [Says("RITA", "refused: `RITA` asked for this"), Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
    "verified people only": (
        'from "a" verified timeout 1h then reject',
        [Says("ann", "refused: only an answer that is signed counts here")],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "approved after the deadline": (
        'from "a" timeout 1h then reject',
        [
            Says("ann", "refused: this comes too late", at=3600),
            Says("bob", "refused: this comes too late", "reject", at=3600),
        ],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "approved after the deadline of a stage": (
        f'from 2 of "a" {LATER}',
        [
            Says("ann", "refused: this comes too late", at=3600),
            Says("ann", "recorded", group="board", at=3601),
            Says("bob", "approved", group="legal", at=3602),
        ],
        {"outcome": "approved", "approved": True, "by": ["ann", "bob"]},
    ),
    "a decision is one of two": (
        'from "a" timeout 1h then reject',
        [Says("ann", "refused: the decision is", "maybe"), Says("", "refused: an answer says who")],
        {"outcome": "timed_out", "approved": False, "by": []},
    ),
    "a question without an answer takes none": (
        'from "a" timeout 1h then reject',
        [Says("ann", "refused: this question takes no answer", amount="1"), Says("ann", "approved")],
        {"outcome": "approved", "approved": True, "by": ["ann"]},
    ),
}

TYPED: dict[str, tuple[list[Says], str | None]] = {
    "the first answer is the proposal": (
        [Says("ann", "recorded", amount="5"), Says("bob", "approved")],
        "5",
    ),
    "an edit starts the count again": (
        [
            Says("ann", "recorded", amount="5"),
            Says("bob", "recorded", amount="7"),
            Says("bob", "recorded", amount="7"),
            Says("ann", "approved"),
        ],
        "7",
    ),
    "the same answer agrees": (
        [Says("ann", "recorded", amount="5"), Says("bob", "approved", amount="5.0")],
        "5",
    ),
    "an edit of one's own is an edit": (
        [Says("ann", "recorded", amount="5"), Says("ann", "recorded", amount="6"), Says("bob", "approved")],
        "6",
    ),
    "going back to an earlier proposal starts again too": (
        [
            Says("ann", "recorded", amount="5"),
            Says("bob", "recorded", amount="6"),
            Says("cem", "recorded", amount="5"),
            Says("ann", "approved"),
        ],
        "5",
    ),
    "what does not fit changes nothing": (
        [
            Says("ann", "refused: the answer does not fit"),
            Says("ann", "recorded", amount="5"),
            Says("bob", "refused: the answer does not fit", amount="0"),
            Says("bob", "approved"),
        ],
        "5",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_vote(name: str) -> None:
    stages, answers, expected = CASES[name]
    check(answers, *asked(definition(stages), answers), expected)


def test_whose_vote_was_for_another_answer_may_answer_at_a_later_stage() -> None:
    answers = [
        Says("ann", "recorded", amount="5"),
        Says("bob", "recorded", amount="7"),
        Says("bob", "refused: `bob` answered at an earlier stage", group="board", at=4000),
        Says("ann", "recorded", group="board", amount="7", at=4001),
        Says("cem", "approved", group="legal", at=4002),
    ]
    replies, run = asked(definition(f'from 2 of "a" {LATER}', typed=True), answers)
    check(answers, replies, run, None)
    assert run.finish is not None
    assert isinstance(run.finish.value, dict)
    assert run.finish.value["by"] == ["ann", "cem"]


@pytest.mark.parametrize("name", TYPED)
def test_a_vote_on_an_answer(name: str) -> None:
    answers, amount = TYPED[name]
    replies, run = asked(definition('from 2 of "a" timeout 1h then reject', typed=True), answers)
    check(answers, replies, run, None)
    assert run.finish is not None
    assert run.finish.value["answer"] == {"amount": float(amount), "note": ""}


def check(answers: list[Says], replies: list[str], run: SimulatedRun, expected: dict[str, Any] | None) -> None:
    for each, reply in zip(answers, replies, strict=True):
        assert reply.startswith(each.expected)
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    assert expected is None or run.finish.value == expected


def late(flow: Definition, at: float) -> SimulatedRun:
    """A run that hears nothing between its question and `at`, when the answer and the timer come together."""
    simulation = Simulation(flow, World())
    run = simulation.run({"owner": "olga"}, requester="rita")
    simulation.now = START + at
    run.answer(Answer("1", "main/pay", "approve", "ann", None, "a"))
    simulation.go()
    return run


@pytest.mark.parametrize("at", [3600.0, 9000.0])
def test_approved_after_the_deadline(at: float) -> None:
    run = late(definition('from "a" timeout 1h then reject'), at)
    assert [reply.message for reply in run.replies] == ["this comes too late: the time to answer is over"]
    assert run.finish is not None
    assert run.finish.value["outcome"] == "timed_out"


def test_an_answer_that_comes_after_the_first_stage_does_not_count_for_the_second() -> None:
    run = late(definition(f'from "a" {LATER}'), 3700.0)
    assert not run.replies[0].accepted
    assert run.finish is not None
    assert run.finish.value["outcome"] == "timed_out"


def test_vote_for_what_was_not_seen() -> None:
    simulation = Simulation(definition('from 2 of "a" timeout 1h then reject', typed=True), World())
    run = simulation.run({"owner": "olga"})

    def say(id_: str, by: str, amount: str | None, proposal: str | None = None) -> str:
        answer = None if amount is None else {"amount": amount}
        run.answer(Answer(id_, "main/pay", "approve", by, answer, "a", proposal=proposal))
        simulation.go(lambda: any(reply.ticket == id_ for reply in run.replies))
        return f"{run.replies[-1].outcome}: {run.replies[-1].message}"

    say("1", "ann", "5")
    seen = run.state.questions["main/pay"].proposal_digest
    assert "starts again" in say("2", "mallory", "1000000")
    assert say("3", "bob", None, seen).startswith("refused: others propose the answer")
    assert say("4", "bob", None).startswith("refused: others propose the answer")
    now = run.state.questions["main/pay"].proposal_digest
    assert say("5", "bob", None, now).startswith("approved")


def test_answer_id_used_before() -> None:
    simulation = Simulation(definition('from 2 of "a" timeout 1h then reject'), World())
    run = simulation.run({"owner": "olga"})
    first = Answer("1", "main/pay", "approve", "ann", None, "a")
    for answer in (first, first, replace(first, by="bob"), replace(first, decision="reject")):
        before = len(run.replies)
        run.answer(answer)
        simulation.go(lambda before=before: len(run.replies) > before)  # type: ignore[misc]
    assert [reply.accepted for reply in run.replies] == [True, True, False, False]
    assert run.replies[2].message == "an answer of this id was given before, and it was another one"


def slowly(seconds: dict[str, float]) -> Knows:
    """A worker that knows everyone, and takes so long to find out who somebody is."""

    def knows(answer: Answer, at: float) -> tuple[AnswerVerdict, float]:
        return AnswerVerdict("verified", answer.by, ["a"], "k"), seconds.get(answer.by, 0.0)

    return knows


def told(run: SimulatedRun) -> dict[str, str]:
    return {reply.ticket: reply.outcome for reply in run.replies}


@pytest.mark.parametrize("came", [3599.0, 3600.0])
def test_an_answer_that_came_in_time_counts_however_long_its_check_takes(came: float) -> None:
    simulation = Simulation(
        definition('from "a" verified timeout 1h then reject'), World(), knows=slowly({"ann": 60.0})
    )
    run = simulation.run({"owner": "olga"})
    answer = Answer("1", "main/pay", "approve", "ann", None, "a", signature=Signature("k", 1, ""))
    simulation.at(START + came, lambda: run.answer(answer))
    simulation.at(START + 3610, lambda: run.answer(replace(answer, id="2")))
    simulation.go()
    assert run.finish is not None
    in_time = came < 3600
    assert run.finish.value["outcome"] == ("approved" if in_time else "timed_out")
    assert told(run) == ({"1": "approved", "2": "refused"} if in_time else {"1": "refused"})


def test_answers_count_in_the_order_in_which_they_came() -> None:
    """Not in that in which it became known who gave them: one rejection rejects."""
    simulation = Simulation(definition('from "a" timeout 1h then reject'), World(), knows=slowly({"ann": 5.0}))
    run = simulation.run({"owner": "olga"})
    run.answer(Answer("1", "main/pay", "reject", "ann", None, "a", note="no"))
    run.answer(Answer("2", "main/pay", "approve", "bob", None, "a"))
    simulation.go()
    assert run.finish is not None
    assert run.finish.value == {"outcome": "rejected", "approved": False, "by": ["ann"]}
    assert told(run) == {"1": "rejected", "2": "already_answered"}


def test_the_same_answer_again_while_it_is_checked_gets_its_own_reply() -> None:
    simulation = Simulation(definition('from "a" timeout 1h then reject'), World(), knows=slowly({"ann": 5.0}))
    run = simulation.run({"owner": "olga"})
    first = Answer("1", "main/pay", "approve", "ann", None, "a")
    run.answer(first)
    run.answer(first)
    run.answer(replace(first, decision="reject"))
    simulation.go()
    assert [reply.outcome for reply in run.replies] == ["refused", "approved", "approved"]


def test_whoever_waits_for_a_reply_is_told_when_the_question_is_withdrawn() -> None:
    simulation = Simulation(definition('from "a" timeout 1h then reject'), World(), knows=slowly({"ann": 5.0}))
    run = simulation.run({"owner": "olga"})
    run.answer(Answer("1", "main/pay", "approve", "ann", None, "a"))
    run.cancel()
    simulation.go()
    assert [reply.message for reply in run.replies] == ["this question is closed: withdrawn"]
    assert run.finish is not None
    assert run.finish.outcome == "cancelled"


def test_a_signed_answer_that_is_forgotten_cannot_be_given_again() -> None:
    """What is remembered is bounded; what was signed before the forgotten does not count any more."""
    state = State("main", "", "k")
    for number in range(MOST_REMEMBERED + 1):
        see(state, Answer(f"{number}", "q", "approve", "ann"), "recorded", signed_at=1_000 + number)
    state.questions["q"] = Question("q", "q", "", [], [], "", [], 0.0)
    forgotten = Answer("0", "q", "approve", "ann", signature=Signature("k", 1_000, ""))
    assert "answer anew" in (reply.message if (reply := reply_without_question(state, forgotten)) else "")
    later = Answer("new", "q", "approve", "ann", signature=Signature("k", 1_001, ""))
    assert reply_without_question(state, later) is None


@pytest.mark.parametrize("group", [None, "", "c", " ", "A"])
def test_anyone_may_answer_for_a_group(group: str | None) -> None:
    """Nobody does who names none, or another: the money of two groups is not moved from one terminal."""
    stages = 'from 2 of "a", "b" except requester timeout 1h then reject'
    told = "refused: " if group is not None else "refused: say for which group you answer: a, b"
    answers = [Says(by, told, group=group) for by in ("eve", "eve2")]
    check(answers, *asked(definition(stages), answers), None)
