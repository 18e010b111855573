"""What people sign, in bytes: the same for who signs, who verifies, and any other language. When they answer:

    steadflow answer 1 LF
    JSON of an object, keys sorted, no blanks, everything outside of ASCII escaped

The statement names the run, the question and its digest, the decision, the answer, the digest of the proposal that it
agrees to, who says so, for which group, the note, the answer's id and the time. So a signature for one run, question,
stage of a proposal or decision is none for another, and each part of an answer that is changed on its way breaks it.
The digest of a question covers its text, all that it shows, also what is shown by reference, and each call that it
opens; a client makes it anew from what it shows before it signs.

And when they sign a definition off (`steadflow definition 1`): the flow, the hash of its meaning, who says so, and the
time. The first line keeps one kind of statement from being taken for the other.
"""

import hashlib
import json

from interpreter.boundary.payloads import JSON, Answer
from interpreter.boundary.view import QuestionView, ShownValue

PREFIX = b"steadflow answer 1\n"
DEFINITION = b"steadflow definition 1\n"


def run_identity(workflow_id: str, first_run_id: str) -> str:
    """One run, over all its executions, and no other that is started under the same id later."""
    return f"{workflow_id}/{first_run_id}"


def statement(answer: Answer, run: str, at: int) -> bytes:
    """What is signed `at` that time, in milliseconds since the epoch."""
    said = {
        "answer": answer.answer,
        "at": at,
        "by": answer.by,
        "decision": answer.decision,
        "digest": answer.digest,
        "group": answer.group,
        "id": answer.id,
        "note": answer.note,
        "proposal": answer.proposal,
        "question": answer.question,
        "run": run,
    }
    return PREFIX + json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def definition_statement(flow: str, hash: str, by: str, at: int) -> bytes:
    """That `by` has approved of this flow with this meaning."""
    said = {"at": at, "by": by, "flow": flow, "hash": hash}
    return DEFINITION + json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def question_digest(text: str, shown: list[ShownValue], gates: list[str]) -> str:
    """Of all that a question shows."""
    parts = [text, [[item.name, item.value, item.references] for item in shown], gates]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def proposal_digest(question: str, answer: JSON) -> str:
    """Of an answer that somebody proposes to the question of that digest."""
    return hashlib.sha256(json.dumps([question, answer], sort_keys=True).encode()).hexdigest()


def as_it_says(question: QuestionView) -> bool:
    """Whether the digests of a question are those of what it shows."""
    if question.digest != question_digest(question.question, question.shown, question.gates):
        return False
    if question.proposal_digest is None:
        return True
    return question.proposal_digest == proposal_digest(question.digest, question.proposal)
