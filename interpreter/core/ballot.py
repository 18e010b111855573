"""Who may answer a question, and when it is decided.

The first to approve proposes the answer, the others approve its digest, which they name as they saw it; an edit starts
the count again; one rejection rejects. A person counts once over all stages, however the name is spelt. With `all of`
each seat needs a person of its own.

An answer is judged by when it reached the run, not by what is handled first: after a worker was away, an answer that
came after the deadline may be handled before the timer of that deadline. The deadlines are that of the stage, and those
of the budgets that the question stands in, also of the flows that called this one.

Whether an answer may count is asked twice: when it comes, by what it claims, and when a worker has said who gave it.
What a verdict says then stands in for what was claimed: a person's groups are those of the worker's people file.
"""

import json
from dataclasses import dataclass, replace
from typing import cast

from dsl.ast.types import RecordType
from dsl.definition.definition import Definition
from dsl.definition.encode import decode_data
from dsl.expressions.equality import equal
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.boundary.payloads import Answer, AnswerVerdict
from interpreter.boundary.persons import person_form, same_person
from interpreter.boundary.statements import proposal_digest
from interpreter.core import lefts
from interpreter.core.constructs.calls import describe
from interpreter.core.first_memory import over_by
from interpreter.core.late_answers import reply_without_question
from interpreter.core.question import Check, Question, Seat, Stage, Vote
from interpreter.core.state import State

MOST_VOTES = 200
"""How many a question remembers; of those that were overruled, the oldest are forgotten first."""

LONGEST_NOTE = 4_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome`: `approved rejected recorded`, or `refused` when not accepted. `answer` is the agreed one, checked."""

    accepted: bool
    outcome: str
    message: str
    answer: Value = None


def objection(definition: Definition, state: State, question: Question, answer: Answer, at: float) -> str | None:
    """Why this answer, which came `at` that time, cannot count, or None. Changes nothing, so a validator may ask it."""
    stage = question.current
    around = lefts.deadline(state, state.frames[question.id].purse)
    first = over_by(state, state.frames[question.id])
    if any(each is not None and at >= each for each in (question.deadline, around, first)):
        return "this comes too late: the time to answer is over"
    if answer.decision not in ("approve", "reject"):
        return f"the decision is `approve` or `reject`, not `{answer.decision}`"
    if answer.note is not None and len(answer.note) > LONGEST_NOTE:
        return f"a note has at most {LONGEST_NOTE:,} characters"
    if not person_form(answer.by):
        return "an answer says who gives it"
    if answer.digest is not None and answer.digest != question.digest:
        return "what you were shown is not what this question shows"
    if (stage.verified or state.verified) and answer.signature is None:
        return "only an answer that is signed counts here, and this one is not; `--key FILE` signs it"
    if stage.except_requester and state.requester is not None and same_person(answer.by, state.requester):
        return f"`{answer.by}` asked for this and may not answer it"
    if any(same_person(vote.by, answer.by) and _counted_before(vote, question) for vote in question.votes):
        return f"`{answer.by}` answered at an earlier stage and counts once"
    asked = ", ".join(seat.shown for seat in stage.seats)
    if answer.group is None and not _persons_seats(stage, answer) and stage.groups:
        return f"say for which group you answer: {asked}"
    if not _asked(stage, answer):
        return f"`{answer.by}` is not asked here: {asked}"
    if answer.decision == "approve":
        return _not_as_seen(question, answer) or _wrong_answer(definition, question, answer)
    return None


def why_not(definition: Definition, state: State, answer: Answer, at: float) -> str | None:
    """Why an answer to a run's question cannot count; None when it can, or when it repeats one that was taken."""
    reply = reply_without_question(state, answer)
    if reply is not None:
        return None if reply.accepted else reply.message
    question = state.questions[answer.question]
    return objection(definition, state, question, answer, at)


def cast_vote(definition: Definition, state: State, question: Question, check: Check) -> Decision:
    """Count one answer about which there is a verdict now."""
    verdict = check.verdict
    assert verdict is not None
    stage, at = question.current, check.at
    problem = _foreign(state, stage, check.answer, verdict)
    answer = _as_known(check.answer, verdict)
    problem = problem or objection(definition, state, question, answer, at)
    if problem is not None:
        return Decision(False, "refused", problem)
    seat = _seat(stage, question, answer)
    if answer.decision == "reject":
        _remember(question, Vote(check.answer, verdict, at, question.stage, seat, question.proposal_digest))
        return Decision(True, "rejected", "rejected")
    before = question.proposal_digest
    if question.proposal_digest is None or answer.answer is not None:
        _propose(definition, question, answer)
    edited = before is not None and before != question.proposal_digest
    if not any(same_person(vote.by, answer.by) for vote in question.agreeing):
        _remember(question, Vote(check.answer, verdict, at, question.stage, seat, question.proposal_digest))
    missing = _missing(question)
    if missing:
        again = "another answer than was proposed, so the count starts again; " if edited else ""
        return Decision(True, "recorded", f"recorded; {again}{missing}")
    return Decision(True, "approved", "approved", question.proposal)


def answer_type(question: Question) -> RecordType | None:
    return None if question.answer_type is None else cast(RecordType, decode_data(question.answer_type))


def _foreign(state: State, stage: Stage, answer: Answer, verdict: AnswerVerdict) -> str | None:
    """Why an answer cannot count from whom it is."""
    if verdict.standing == "refused":
        return verdict.reason
    if verdict.standing != "verified" and (stage.verified or state.verified):
        return "only an answer counts here whose signature was verified, and the worker of this run knows no people"
    if verdict.standing == "verified" and answer.group is not None and answer.group not in verdict.groups:
        return f"`{verdict.person}` is not in the group `{answer.group}`"
    return None


def _as_known(answer: Answer, verdict: AnswerVerdict) -> Answer:
    """The answer of the person that it is known to be of."""
    if verdict.standing != "verified":
        return answer
    return replace(answer, by=verdict.person)


def _remember(question: Question, vote: Vote) -> None:
    question.votes.append(vote)
    if len(question.votes) > MOST_VOTES:
        overruled = next((each for each in question.votes if each.overruled), None)
        if overruled is not None:
            question.votes.remove(overruled)


def _counted_before(vote: Vote, question: Question) -> bool:
    return vote.stage < question.stage and not vote.overruled


def _propose(definition: Definition, question: Question, answer: Answer) -> None:
    type_ = answer_type(question)
    value = None
    if type_ is not None:
        value = validate(answer.answer if answer.answer is not None else {}, type_, definition.types).value
    if question.proposal_digest is not None and equal(value, question.proposal):
        return  # the same answer, perhaps in other words: 5 and 5.00
    for vote in question.agreeing:
        vote.overruled = True
    question.proposal, question.proposal_digest = value, proposal_digest(question.digest, to_wire(value))


def _wrong_answer(definition: Definition, question: Question, answer: Answer) -> str | None:
    type_ = answer_type(question)
    if type_ is None:
        return "this question takes no answer but yes or no" if answer.answer not in (None, {}) else None
    if answer.answer is None and question.proposal_digest is not None:
        return None
    checked = validate(answer.answer if answer.answer is not None else {}, type_, definition.types)
    return f"the answer does not fit: {describe(checked.problems)}" if checked.problems else None


def _not_as_seen(question: Question, answer: Answer) -> str | None:
    """An approval without an answer of its own agrees to what was shown, and to nothing that came since."""
    if question.answer_type is None or answer.answer is not None or answer.proposal == question.proposal_digest:
        return None
    if question.proposal_digest is None:
        return "the answer that you agree to is not proposed any more"
    proposed = json.dumps(to_wire(question.proposal), ensure_ascii=False)
    return f"others propose the answer {proposed}: agree to it by its digest {question.proposal_digest}, or give yours"


def _persons_seats(stage: Stage, answer: Answer) -> list[int]:
    """The seats of the one who answers: a person may be asked by two names that are one."""
    return [n for n, seat in enumerate(stage.seats) if seat.is_person and same_person(seat.name, answer.by)]


def _asked(stage: Stage, answer: Answer) -> bool:
    """Who is in a group only a people file can tell: without one, the claim to speak for it is taken as it is."""
    return bool(_persons_seats(stage, answer)) or answer.group in stage.groups


def _seat(stage: Stage, question: Question, answer: Answer) -> int | None:
    """Which of those asked this answer speaks for: itself before a group, and one that is still free before others."""
    taken = {vote.seat for vote in question.agreeing}
    groups = [n for n, seat in enumerate(stage.seats) if not seat.is_person and seat.name == answer.group]
    seats = _persons_seats(stage, answer) + groups
    return next((seat for seat in seats if seat not in taken), seats[0] if seats else None)


def _missing(question: Question) -> str:
    stage, votes = question.current, question.agreeing
    if stage.all_of:
        taken = {vote.seat for vote in votes}
        open_seats = [_to_agree(seat, votes) for n, seat in enumerate(stage.seats) if n not in taken]
        return f"still to agree: {', '.join(open_seats)}" if open_seats else ""
    lacking = stage.required - len({person_form(vote.by) for vote in votes})
    return f"{lacking} more must agree" if lacking > 0 else ""


def _to_agree(seat: Seat, votes: list[Vote]) -> str:
    """Data may come to one person twice, who counts once: the seat that is left stays free until the time is over."""
    agreed = seat.is_person and any(same_person(vote.by, seat.name) for vote in votes)
    return f"{seat.shown} once more, who counts once, so that nobody can" if agreed else seat.shown
