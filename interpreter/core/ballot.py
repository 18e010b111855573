"""Who may answer a question, and when it is decided.

The first to approve proposes the answer, the others approve its digest; an edit starts the count again; one rejection
rejects. A person counts once over all stages. With `all of` each group needs a person of its own.
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
    definition: Definition, state: State, node: AwaitApproval, question: Question, answer: Answer
) -> str | None:
    """Why this answer cannot count, or None. Changes nothing, so an update's validator may ask it too."""
    stage = node.stages[question.stage]
    if answer.decision not in ("approve", "reject"):
        return f"the decision is `approve` or `reject`, not `{answer.decision}`"
    if not answer.by:
        return "an answer says who gives it"
    if answer.digest is not None and answer.digest != question.digest:
        return "what you were shown is not what this question shows"
    if stage.except_requester and answer.by == state.requester:
        return f"`{answer.by}` asked for this and may not answer it"
    if any(vote.by == answer.by and vote.stage < question.stage for vote in question.votes):
        return f"`{answer.by}` answered at an earlier stage and counts once"
    if not _asked(stage, question, answer):
        return f"`{answer.by}` is not asked here: {', '.join(whom(stage, question))}"
    if answer.decision == "approve" and stage.all_of and _seat(stage, question, answer) is None:
        return f"say for which of {', '.join(whom(stage, question))} you answer"
    if answer.decision == "approve":
        return _wrong_answer(definition, node, question, answer)
    return None


def why_not(definition: Definition, state: State, answer: Answer) -> str | None:
    """Why an answer to a run's question cannot count; None when it can, or when it repeats one that was taken."""
    reply = reply_without_question(state, answer)
    if reply is not None:
        return None if reply.accepted else reply.message
    question = state.questions[answer.question]
    node = definition.addresses(state.flow)[state.frames[question.id].address]
    return objection(definition, state, cast(AwaitApproval, node), question, answer)


def cast_vote(definition: Definition, state: State, node: AwaitApproval, question: Question, answer: Answer) -> Verdict:
    """Count one answer."""
    problem = objection(definition, state, node, question, answer)
    if problem is not None:
        return Verdict(False, "refused", problem)
    if answer.decision == "reject":
        return Verdict(True, "rejected", "rejected")
    stage = node.stages[question.stage]
    if question.proposal_digest is None or answer.answer is not None:
        _propose(definition, node, question, answer)
    assert question.proposal_digest is not None
    current = [v for v in question.votes if v.stage == question.stage and v.digest == question.proposal_digest]
    if not any(vote.by == answer.by for vote in current):
        vote = Vote(answer.by, question.stage, _seat(stage, question, answer), question.proposal_digest)
        question.votes.append(vote)
        current.append(vote)
    missing = _missing(stage, question, current)
    if missing:
        return Verdict(True, "recorded", f"recorded; {missing}")
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


def _asked(stage: Stage, question: Question, answer: Answer) -> bool:
    """A group's members are known to the deployment only, so a claim to speak for an asked group is taken as it is."""
    groups = [w.name for w in stage.whom if type(w) is Group]
    persons = [question.persons.get(person_key(question.stage, i)) for i in range(len(stage.whom))]
    if answer.by in persons:
        return True
    return bool(groups) and (answer.group is None or answer.group in groups)


def _seat(stage: Stage, question: Question, answer: Answer) -> str | None:
    """Which of those asked this answer speaks for."""
    names = whom(stage, question)
    if f"person {answer.by}" in names:
        return f"person {answer.by}"
    if answer.group is not None:
        return answer.group if answer.group in names else None
    return names[0] if len(names) == 1 else None


def _missing(stage: Stage, question: Question, votes: list[Vote]) -> str:
    if stage.all_of:
        seats = {vote.group for vote in votes}
        open_seats = [name for name in whom(stage, question) if name not in seats]
        return f"still to agree: {', '.join(open_seats)}" if open_seats else ""
    lacking = stage.required - len({vote.by for vote in votes})
    return f"{lacking} more must agree" if lacking > 0 else ""
