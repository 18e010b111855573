"""What is told of a vote: who gave it, for whom, and why."""

import pytest

from interpreter.boundary.payloads import Answer, AnswerVerdict
from interpreter.core.votes import told
from interpreter.simulation.simulation import START, Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

VERDICT = AnswerVerdict("unverified")


@pytest.mark.parametrize("note", [None, "", "of course"])
def test_the_note_of_a_vote_is_told_where_there_is_one(note: str | None) -> None:
    words = told(Answer("1", "main/pay", "approve", "ann", None, "leads", note=note), VERDICT)
    assert "ann" in words
    assert "leads" in words
    assert words.endswith(": of course") is (note == "of course")
    assert not words.endswith((": ", ": None"))


def test_who_answers_for_one_who_is_named_twice_is_told_that_nobody_can_take_the_other_seat() -> None:
    flow = definition_of(
        "edition 1\nflow main(owner: text) -> text {\n"
        '  await approval pay "Pay?" { from all of person owner, person trim(owner) timeout 1h then reject }\n'
        "  return pay.outcome\n}\n"
    )
    assert flow is not None
    simulation = Simulation(flow, World())
    run = simulation.run({"owner": "olga"})
    simulation.at(START, lambda: run.answer(Answer("1", "main/pay", "approve", "Olga")))
    simulation.go()
    (reply,) = run.replies
    assert reply.message == "recorded; still to agree: person olga once more, who counts once, so that nobody can"
    assert run.finish is not None
    assert run.finish.value == "timed_out"
