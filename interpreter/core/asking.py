"""Questions to people, whoever asks them: opened, answered in stages, closed.

An answer is taken in two steps, because only a worker can tell who gave it. What cannot count whoever it is from is
refused at once. For the rest a command asks a worker; its verdict is recorded, so a replay depends on no file. Votes
are counted in the order in which the answers came, however long each check takes. What came before the deadline of its
stage counts for that stage: while such answers are being checked, the stage waits for them, and the run does not
continue as new, because who answers waits for a reply.
"""

from dsl.expressions.wire import to_wire
from interpreter.boundary.payloads import AnswerReply, AnswerVerdict
from interpreter.boundary.statements import proposal_digest
from interpreter.core.ballot import Decision, cast_vote, objection
from interpreter.core.commands import SetTimer, VerifyAnswer
from interpreter.core.events import Answered, AnswerVerified, CallFailed
from interpreter.core.late_answers import ANOTHER_ANSWER, REFUSED, closed, digest_of, see, settle
from interpreter.core.machine import Machine
from interpreter.core.question import Check, Question, Vote
from interpreter.core.state import Frame, State
from interpreter.core.votes import told, voters
from interpreter.core.wording import title

MOST_CHECKS = 100
"""Answers to one question that are checked at a time."""


def open_question(machine: Machine, frame: Frame, question: Question) -> None:
    """Ask the first stage."""
    machine.state.questions[question.id] = question
    machine.note("asked", frame, "approval", detail=question.text)
    next_stage(machine, frame)


def question_of(machine: Machine, frame: Frame) -> Question:
    return machine.state.questions[frame.path]


def next_stage(machine: Machine, frame: Frame) -> None:
    question = question_of(machine, frame)
    question.stage += 1
    question.proposal, question.proposal_digest = question.asked, None
    if question.asked is not None:
        question.proposal_digest = proposal_digest(question.digest, to_wire(question.asked))
    question.deadline = machine.state.now + question.current.timeout / 1000
    machine.issue(frame, SetTimer(_timer(question), question.deadline, f"{title(frame.path)}: answer due"))


def is_due(machine: Machine, frame: Frame) -> bool:
    """The time of the stage is over: whether it ends now, or answers that came in time have to be counted first."""
    question = question_of(machine, frame)
    question.due = bool(question.checks)
    return not question.due


def take(machine: Machine, frame: Frame, event: Answered) -> None:
    """An answer has come."""
    question, answer = question_of(machine, frame), event.answer
    for check in question.checks:
        if check.answer.id == answer.id:
            _once_more(machine, check, event)
            return
    problem = objection(machine.definition, machine.state, question, answer, event.at)
    if problem is None and len(question.checks) >= MOST_CHECKS:
        problem = "too many answers come at a time; give it again"
    if problem is not None:
        machine.reply(event.ticket, AnswerReply(False, REFUSED, problem))
        return
    question.checked += 1
    command = VerifyAnswer(f"{frame.path}!answer{question.checked}", answer, event.at)
    question.checks.append(Check(answer, event.at, command.id, [event.ticket]))
    machine.issue(frame, command)


def heard(machine: Machine, frame: Frame, event: AnswerVerified | CallFailed) -> Decision | None:
    """It is known who gave an answer. Counts what can be counted; the decision when the question is decided by that."""
    question = question_of(machine, frame)
    for check in question.checks:
        if check.command == event.id:
            check.verdict = _verdict(event)
    while question.checks and question.checks[0].verdict is not None:
        decision = _count(machine, frame, question, question.checks.pop(0))
        if decision.outcome in ("approved", "rejected"):
            return decision
    return None


def close(machine: Machine, frame: Frame, outcome: str) -> None:
    """The question is over; who has answered meanwhile is told."""
    question = question_of(machine, frame)
    machine.withdraw(_timer(question))
    del machine.state.questions[question.id]
    settle(machine.state, question.id, outcome)
    for check in question.checks:
        machine.withdraw(check.command)
        for ticket in check.tickets:
            machine.reply(ticket, closed(machine.state, question.id))
    machine.note(outcome, frame, "approval", detail=voters(deciding(question, outcome)))


def deciding(question: Question, outcome: str) -> list[Vote]:
    """The votes that an outcome stands on."""
    match outcome:
        case "approved":
            return question.agreeing
        case "rejected":
            return question.votes[-1:]
        case _:
            return []


def is_checking(state: State) -> bool:
    """Whether somebody waits for the reply to an answer."""
    return any(question.checks for question in state.questions.values())


def _timer(question: Question) -> str:
    return f"{question.id}!stage{question.stage}"


def _once_more(machine: Machine, check: Check, event: Answered) -> None:
    """The same answer has come again while it was checked, or another one under its id."""
    if digest_of(check.answer) == digest_of(event.answer):
        check.tickets.append(event.ticket)
    else:
        machine.reply(event.ticket, AnswerReply(False, REFUSED, ANOTHER_ANSWER))


def _count(machine: Machine, frame: Frame, question: Question, check: Check) -> Decision:
    decision = cast_vote(machine.definition, machine.state, question, check)
    for ticket in check.tickets:
        machine.reply(ticket, AnswerReply(decision.accepted, decision.outcome, decision.message))
    assert check.verdict is not None
    signature = check.answer.signature if check.verdict.standing == "verified" else None
    signed_at = signature.at if signature is not None else 0
    if decision.accepted or signed_at:
        see(machine.state, check.answer, decision.outcome, signed_at)
    if decision.accepted:
        machine.note("voted", frame, "approval", detail=told(check.answer, check.verdict))
    return decision


def _verdict(event: AnswerVerified | CallFailed) -> AnswerVerdict:
    if isinstance(event, AnswerVerified):
        return event.verdict
    reason = f"nobody could find out who gave this answer: {event.message}; give it again"
    return AnswerVerdict("refused", reason=reason)
