"""Who may answer a question, and when it is decided.

The first to approve proposes the answer, the others approve its digest, which they name as they saw it; an edit starts
the count again; one rejection rejects. A person counts once over all stages, however the name is spelt. With `all of`
each group needs a person of its own.

An answer is judged by when it reached the run, not by what is handled first: after a worker was away, an answer that
came after the deadline may be handled before the timer of that deadline.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import cast

from dsl.ast.statements import AwaitApproval, Group, Stage
from dsl.definition.definition import Definition
from dsl.expressions.equality import equal
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.payloads import Answer
from interpreter.boundary.persons import person_form, same_person
from interpreter.core.constructs.calls import describe
from interpreter.core.late_answers import reply_without_question
from interpreter.core.state import Question, State, Vote


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome`: `approved rejected recorded`, or `refused` when not accepted. `answer` is the agreed one, checked."""

    accepted: bool
    outcome: str
    message: str
    answer: Value = None


def person_key(stage: int, position: int) -> str:
    return f"{stage}.{position}"


def objection(
    definition: Definition, state: State, node: AwaitApproval, question: Question, answer: Answer, at: float
) -> str | None:
    """Why this answer, which came `at` that time, cannot count, or None. Changes nothing, so a validator may ask it."""
    stage = node.stages[question.stage]
    if at >= question.deadline:
        return "this comes too late: the time to answer is over"
    if stage.verified:
        return "only an answer whose signature was verified counts here, and this one carries none"
    if answer.decision not in ("approve", "reject"):
        return f"the decision is `approve` or `reject`, not `{answer.decision}`"
    if not person_form(answer.by):
        return "an answer says who gives it"
    if answer.digest is not None and answer.digest != question.digest:
        return "what you were shown is not what this question shows"
    if stage.except_requester and state.requester is not None and same_person(answer.by, state.requester):
        return f"`{answer.by}` asked for this and may not answer it"
    if any(same_person(vote.by, answer.by) and vote.stage < question.stage for vote in question.votes):
        return f"`{answer.by}` answered at an earlier stage and counts once"
    asked = ", ".join(whom(stage, question))
    if answer.group is None and not _is_person(stage, question, answer) and _groups(stage):
        return f"say for which group you answer: {asked}"
    if not _asked(stage, question, answer):
        return f"`{answer.by}` is not asked here: {asked}"
    if answer.decision == "approve" and stage.all_of and _seat(stage, question, answer) is None:
        return f"say for which of {asked} you answer"
    if answer.decision == "approve":
        return _not_as_seen(node, question, answer) or _wrong_answer(definition, node, question, answer)
    return None


def why_not(definition: Definition, state: State, answer: Answer, at: float) -> str | None:
    """Why an answer to a run's question cannot count; None when it can, or when it repeats one that was taken."""
    reply = reply_without_question(state, answer)
    if reply is not None:
        return None if reply.accepted else reply.message
    question = state.questions[answer.question]
    node = definition.addresses(state.flow)[state.frames[question.id].address]
    return objection(definition, state, cast(AwaitApproval, node), question, answer, at)


def cast_vote(
    definition: Definition, state: State, node: AwaitApproval, question: Question, answer: Answer, at: float
) -> Verdict:
    """Count one answer, which came `at` that time."""
    problem = objection(definition, state, node, question, answer, at)
    if problem is not None:
        return Verdict(False, "refused", problem)
    if answer.decision == "reject":
        return Verdict(True, "rejected", "rejected")
    stage = node.stages[question.stage]
    before = question.proposal_digest
    if question.proposal_digest is None or answer.answer is not None:
        _propose(definition, node, question, answer)
    edited = before is not None and before != question.proposal_digest
    assert question.proposal_digest is not None
    current = [v for v in question.votes if v.stage == question.stage and v.digest == question.proposal_digest]
    if not any(same_person(vote.by, answer.by) for vote in current):
        vote = Vote(answer.by, question.stage, _seat(stage, question, answer), question.proposal_digest)
        question.votes.append(vote)
        current.append(vote)
    missing = _missing(stage, question, current)
    if missing:
        again = "another answer than was proposed, so the count starts again; " if edited else ""
        return Verdict(True, "recorded", f"recorded; {again}{missing}")
    question.votes = current
    return Verdict(True, "approved", "approved", question.proposal)


def whom(stage: Stage, question: Question) -> list[str]:
    """The groups and persons that a stage asks, by name."""
    return [
        w.name if type(w) is Group else f"person {question.persons[person_key(question.stage, i)]}"
        for i, w in enumerate(stage.whom)
    ]


def _propose(definition: Definition, node: AwaitApproval, question: Question, answer: Answer) -> None:
    value = None
    if node.answer is not None:
        value = validate(answer.answer if answer.answer is not None else {}, node.answer, definition.types).value
    if question.proposal_digest is not None and equal(value, question.proposal):
        return  # the same answer, perhaps in other words: 5 and 5.00
    digest = hashlib.sha256(json.dumps([question.digest, to_wire(value)], sort_keys=True).encode()).hexdigest()
    question.votes = [vote for vote in question.votes if vote.stage < question.stage]
    question.proposal, question.proposal_digest = value, digest


def _wrong_answer(definition: Definition, node: AwaitApproval, question: Question, answer: Answer) -> str | None:
    if node.answer is None:
        return "this question takes no answer but yes or no" if answer.answer not in (None, {}) else None
    if answer.answer is None and question.proposal_digest is not None:
        return None
    checked = validate(answer.answer if answer.answer is not None else {}, node.answer, definition.types)
    return f"the answer does not fit: {describe(checked.problems)}" if checked.problems else None


def _not_as_seen(node: AwaitApproval, question: Question, answer: Answer) -> str | None:
    """An approval without an answer of its own agrees to what was shown, and to nothing that came since."""
    if node.answer is None or answer.answer is not None or answer.proposal == question.proposal_digest:
        return None
    if question.proposal_digest is None:
        return "the answer that you agree to is not proposed any more"
    proposed = json.dumps(to_wire(question.proposal), ensure_ascii=False)
    return f"others propose the answer {proposed}: agree to it by its digest {question.proposal_digest}, or give yours"


def _groups(stage: Stage) -> list[str]:
    return [w.name for w in stage.whom if type(w) is Group]


def _is_person(stage: Stage, question: Question, answer: Answer) -> bool:
    persons = (question.persons.get(person_key(question.stage, i)) for i in range(len(stage.whom)))
    return any(person is not None and same_person(person, answer.by) for person in persons)


def _asked(stage: Stage, question: Question, answer: Answer) -> bool:
    """A group's members are known to the deployment only, so a claim to speak for an asked group is taken as it is."""
    return _is_person(stage, question, answer) or answer.group in _groups(stage)


def _seat(stage: Stage, question: Question, answer: Answer) -> str | None:
    """Which of those asked this answer speaks for."""
    for name in whom(stage, question):
        if name.startswith("person ") and same_person(name.removeprefix("person "), answer.by):
            return name
    return answer.group if answer.group in _groups(stage) else None


def _missing(stage: Stage, question: Question, votes: list[Vote]) -> str:
    if stage.all_of:
        seats = {vote.group for vote in votes}
        open_seats = [name for name in whom(stage, question) if name not in seats]
        return f"still to agree: {', '.join(open_seats)}" if open_seats else ""
    lacking = stage.required - len({person_form(vote.by) for vote in votes})
    return f"{lacking} more must agree" if lacking > 0 else ""
