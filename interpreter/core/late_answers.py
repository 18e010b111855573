"""Answers that find no open question: repeated, too late, or mistaken."""

import hashlib

from interpreter.boundary.payloads import Answer, AnswerReply
from interpreter.boundary.statements import statement
from interpreter.core.question import SeenAnswer
from interpreter.core.state import State

MOST_REMEMBERED = 200
"""How many settled questions and seen answers a run remembers."""


ANOTHER_ANSWER = "an answer of this id was given before, and it was another one"
REFUSED = "refused"
OVER = AnswerReply(False, REFUSED, "the run is over")


def reply_without_question(state: State, answer: Answer) -> AnswerReply | None:
    """The reply to an answer that changes nothing, or None when its question is open and the answer is new.

    An id stands for one answer: that it comes again changes nothing, that it comes with another answer is a mistake.
    """
    seen = state.answers_seen.get(answer.id)
    if seen is not None and seen.digest != digest_of(answer):
        return AnswerReply(False, REFUSED, ANOTHER_ANSWER)
    if seen is not None and seen.outcome == REFUSED:
        return AnswerReply(False, REFUSED, "this answer was refused before; answer anew")
    if seen is not None:
        return AnswerReply(True, seen.outcome, "this answer was taken before")
    if answer.question not in state.questions:
        return closed(state, answer.question)
    if answer.signature is not None and answer.signature.at <= state.forgotten:
        return AnswerReply(False, REFUSED, "this was signed before answers that are forgotten by now; answer anew")
    return None


def closed(state: State, question: str) -> AnswerReply:
    """The reply to who answers what is not asked, or not any more."""
    settled = state.settled.get(question)
    if settled is not None:
        return AnswerReply(False, "already_answered", f"this question is closed: {settled}")
    return AnswerReply(False, "unknown_question", f"no question `{question}` is open in this run")


def see(state: State, answer: Answer, outcome: str, signed_at: int) -> None:
    """Remember that an answer was taken, or refused though its signature held (`signed_at`, else 0).

    So nobody who has got hold of a signed answer can give it again: those that are forgotten leave behind the time of
    their signature, and what was signed before that does not count any more.
    """
    state.answers_seen[answer.id] = SeenAnswer(outcome, digest_of(answer), signed_at)
    if len(state.answers_seen) > MOST_REMEMBERED:
        oldest = state.answers_seen.pop(next(iter(state.answers_seen)))
        state.forgotten = max(state.forgotten, oldest.signed_at)


def settle(state: State, question: str, outcome: str) -> None:
    """Remember how a question ended."""
    state.settled[question] = outcome
    if len(state.settled) > MOST_REMEMBERED:
        del state.settled[next(iter(state.settled))]


def digest_of(answer: Answer) -> str:
    """All that an answer says."""
    return hashlib.sha256(statement(answer, "", 0)).hexdigest()
