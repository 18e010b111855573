"""What is told of a vote: who gave it, for whom, and why."""

import pytest

from interpreter.boundary.payloads import Answer, AnswerVerdict
from interpreter.core.votes import told

VERDICT = AnswerVerdict("unverified")


@pytest.mark.parametrize("note", [None, "", "of course"])
def test_the_note_of_a_vote_is_told_where_there_is_one(note: str | None) -> None:
    words = told(Answer("1", "main/pay", "approve", "ann", None, "leads", note=note), VERDICT)
    assert "ann" in words
    assert "leads" in words
    assert words.endswith(": of course") is (note == "of course")
    assert not words.endswith((": ", ": None"))
