"""What a run remembers for people and of people is bounded, however long it goes on; and what a digest binds."""

from dataclasses import replace
from typing import Any

import pytest

from interpreter.boundary.payloads import Answer, AnswerReply
from interpreter.core import ballot
from interpreter.core.asking import MOST_CHECKS
from interpreter.core.ballot import LONGEST_NOTE
from interpreter.core.late_answers import MOST_REMEMBERED, reply_without_question, see, settle
from interpreter.core.machine import MOST_NOTES, MOST_OF_A_DETAIL
from interpreter.core.snapshot import KEPT_NOTES, restore, save
from interpreter.core.state import State
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.played import play
from tests.heart.watched import definition_of

MOST_VOTES = 20
"""Fewer than there may be, because each is compared with all."""
ROUNDS = """edition 1
tool look(x: text) -> text read { errors Gone }
flow main(n: [int] at most 9000) {
  for i in n { step look(x: "a") }
}
"""
ASKING = """edition 1
flow main() -> json {{
  await approval pay "Pay?" {{ {answer} from 2 of "a" timeout 1h then ask from person "olga" timeout 1h then reject }}
  return {{ outcome: pay.outcome, by: pay.by }}
}}
"""
ANSWER = Answer("1", "main/pay", "approve", "ann", None, "a")


def test_notes_are_kept_up_to_a_number_and_the_latest_of_them() -> None:
    ended = play(ROUNDS, {"look": [Returns("a", 0.0)]}, input={"n": list(range(1500))})
    notes = ended.run.state.notes
    assert ended.run.state.note_count > 3 * MOST_NOTES
    assert MOST_NOTES // 2 <= len(notes) <= MOST_NOTES
    numbers = [note.number for note in notes]
    assert numbers == list(range(numbers[0], ended.run.state.note_count + 1))


def test_of_the_notes_few_travel_and_all_are_there_afterwards() -> None:
    ended = play(ROUNDS, {"look": [Returns("a", 0.0)]}, input={"n": list(range(200))})
    state = ended.run.state
    before = list(state.notes)
    assert restore(save(state)).notes == before[-KEPT_NOTES:]
    assert state.notes == before


def test_what_is_noted_of_a_failure_is_short() -> None:
    ended = play(ROUNDS, {"look": [Fails("Gone", "x" * 5_000)]}, input={"n": [1]})
    (told,) = [note.detail for note in ended.run.state.notes if note.kind == "failed"]
    assert len(told) == MOST_OF_A_DETAIL
    assert told.endswith("x…")


def test_so_many_answers_and_questions_are_remembered() -> None:
    state = State("main", "", "k")
    for number in range(MOST_REMEMBERED + 5):
        see(state, replace(ANSWER, id=str(number)), "recorded", 0)
        settle(state, f"main/q{number}", "approved")
    assert list(state.answers_seen) == [str(number) for number in range(5, MOST_REMEMBERED + 5)]
    assert list(state.settled) == [f"main/q{number}" for number in range(5, MOST_REMEMBERED + 5)]
    late = reply_without_question(state, replace(ANSWER, id="new", question="main/q4"))
    assert late is not None
    assert late.outcome == "unknown_question"


@pytest.mark.parametrize(
    ("question", "outcome", "message"),
    [
        ("main/pay", "already_answered", "this question is closed: approved"),
        ("main/never", "unknown_question", "no question `main/never` is open in this run"),
    ],
)
def test_who_answers_what_is_not_open_is_told_that_it_does_not_count(question: str, outcome: str, message: str) -> None:
    state = State("main", "", "k")
    settle(state, "main/pay", "approved")
    late = reply_without_question(state, replace(ANSWER, question=question))
    assert late == AnswerReply(False, outcome, message)


def asked(answer: str = "") -> SimulatedRun:
    definition = definition_of(ASKING.format(answer=answer))
    assert definition is not None
    return Simulation(definition, World()).run({})


def say(run: SimulatedRun, **given: Any) -> str:
    """The reply to one answer."""
    before = len(run.replies)
    run.answer(replace(ANSWER, **given))
    run.simulation.go(lambda: len(run.replies) > before)
    return f"{run.replies[-1].outcome}: {run.replies[-1].message}"


def test_votes_that_were_overruled_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballot, "MOST_VOTES", MOST_VOTES)
    run = asked("answer { amount: int }")
    for number in range(MOST_VOTES + 10):
        by, amount = ("ann", "bob")[number % 2], {"amount": number}
        assert say(run, id=str(number), by=by, answer=amount).startswith("recorded")
    votes = run.state.questions["main/pay"].votes
    assert len(votes) == MOST_VOTES
    assert [vote.answer.answer for vote in votes if not vote.overruled] == [{"amount": MOST_VOTES + 9}]
    assert votes[0].answer.answer == {"amount": 10}


def test_no_vote_that_counts_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballot, "MOST_VOTES", MOST_VOTES)
    definition = definition_of(ASKING.format(answer="").replace("from 2 of", "from 250 of"))
    assert definition is not None
    run = Simulation(definition, World()).run({})
    for number in range(MOST_VOTES + 5):
        assert say(run, id=str(number), by=f"p{number}").startswith("recorded")
    assert len(run.state.questions["main/pay"].votes) == MOST_VOTES + 5


def test_so_many_answers_are_checked_at_a_time() -> None:
    run = asked()
    for number in range(MOST_CHECKS + 1):
        run.answer(replace(ANSWER, id=str(number), by=f"p{number}"))
    assert [reply.message for reply in run.replies] == ["too many answers come at a time; give it again"]
    assert len(run.state.questions["main/pay"].checks) == MOST_CHECKS


@pytest.mark.parametrize(("length", "outcome"), [(LONGEST_NOTE, "recorded"), (LONGEST_NOTE + 1, "refused")])
def test_a_note_is_so_long_at_most(length: int, outcome: str) -> None:
    assert say(asked(), note="x" * length).startswith(outcome)


def test_an_answer_to_what_was_shown_counts_and_one_to_something_else_does_not() -> None:
    run = asked()
    shown = run.state.questions["main/pay"].digest
    assert say(run, id="1", digest="0" * 64) == "refused: what you were shown is not what this question shows"
    assert say(run, id="2", digest="0" * 64, decision="reject").startswith("refused")
    assert say(run, id="3", digest=shown).startswith("recorded")
    assert say(run, id="4", by="bob", digest=shown).startswith("approved")


def test_a_person_is_asked_in_the_second_stage_and_not_in_the_first() -> None:
    run = asked()
    assert say(run, id="1", by="olga", group=None).startswith("refused: say for which group")
    run.simulation.go(lambda: run.state.questions["main/pay"].stage == 1)
    assert say(run, id="2", by="ann").startswith("refused: `ann` is not asked here")
    assert say(run, id="3", by="eve", group=None).startswith("refused: `eve` is not asked here")
    assert say(run, id="4", by=" Olga", group=None).startswith("approved")
    assert run.finish is not None
    assert run.finish.value == {"outcome": "approved", "by": [" Olga"]}
