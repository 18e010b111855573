"""Answers that find no open question: repeated, too late, or mistaken."""

import hashlib
import json

from interpreter.boundary.payloads import Answer
from interpreter.core.commands import Reply
from interpreter.core.state import SeenAnswer, State

MOST_REMEMBERED = 200
"""How many settled questions and seen answers a run remembers."""


def reply_without_question(state: State, answer: Answer) -> Reply | None:
    """The reply to an answer that changes nothing, or None when its question is open and the answer is new.

    An id stands for one answer: that it comes again changes nothing, that it comes with another answer is a mistake.
    """
    seen = state.answers_seen.get(answer.id)
    if seen is not None and seen.digest != digest_of(answer):
        return Reply(answer.id, False, "refused", "an answer of this id was given before, and it was another one")
    if seen is not None:
        return Reply(answer.id, True, seen.outcome, "this answer was taken before")
    if answer.question in state.questions:
        return None
    settled = state.settled.get(answer.question)
    if settled is not None:
        return Reply(answer.id, False, "already_answered", f"this question is closed: {settled}")
    return Reply(answer.id, False, "unknown_question", f"no question `{answer.question}` is open in this run")


def see(state: State, answer: Answer, outcome: str) -> None:
    """Remember that an answer was taken, and what it came to."""
    state.answers_seen[answer.id] = SeenAnswer(outcome, digest_of(answer))
    if len(state.answers_seen) > MOST_REMEMBERED:
        del state.answers_seen[next(iter(state.answers_seen))]


def settle(state: State, question: str, outcome: str) -> None:
    """Remember how a question ended."""
    state.settled[question] = outcome
    if len(state.settled) > MOST_REMEMBERED:
        del state.settled[next(iter(state.settled))]


def digest_of(answer: Answer) -> str:
    """All that an answer says."""
    said = [answer.question, answer.decision, answer.by, answer.answer, answer.group, answer.proposal, answer.digest]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
