"""Answers that find no open question: repeated, too late, or mistaken."""

from interpreter.boundary.payloads import Answer
from interpreter.core.commands import Reply
from interpreter.core.state import State

MOST_REMEMBERED = 200
"""How many settled questions and seen answers a run remembers."""


def reply_without_question(state: State, answer: Answer) -> Reply | None:
    """The reply to an answer that changes nothing, or None when its question is open and the answer is new."""
    seen = state.answers_seen.get(answer.id)
    if seen is not None:
        return Reply(answer.id, True, seen, "this answer was taken before")
    if answer.question in state.questions:
        return None
    settled = state.settled.get(answer.question)
    if settled is not None:
        return Reply(answer.id, False, "already_answered", f"this question is closed: {settled}")
    return Reply(answer.id, False, "unknown_question", f"no question `{answer.question}` is open in this run")


def remember(memory: dict[str, str], key: str, value: str) -> None:
    """Keep `value`, forgetting the oldest when there are too many."""
    memory[key] = value
    if len(memory) > MOST_REMEMBERED:
        del memory[next(iter(memory))]
