"""A typed question to people, in stages. Every stage has a deadline and a stated outcome.

The question is worded once, when it opens: what is shown, which calls it gates with which arguments, and the digest of
all that. Its id is the path of the statement, so it is found by a late answer too.
"""

from dataclasses import dataclass
from typing import cast

from dsl.ast import statements
from dsl.ast.statements import AwaitApproval, Person
from dsl.definition.encode import encode
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.references import parted
from interpreter.boundary.failures import APPROVAL_TIMED_OUT
from interpreter.boundary.statements import question_digest
from interpreter.boundary.view import ShownValue
from interpreter.core import asking
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.texts import text_of
from interpreter.core.events import Answered, AnswerVerified, CallFailed, Event, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.opened_calls import opened_calls
from interpreter.core.outcomes import CANCELLED, Failure, done, failed
from interpreter.core.question import Question, Seat, Stage, Vote
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame
from interpreter.core.wording import expression_text, title


@recorded
@dataclass(slots=True)
class AwaitApprovalMemory(Memory):
    """`reminders` is how many were sent; `remind_timer` a command id."""

    reminders: int = 0
    remind_timer: str = ""


class AwaitApprovalConstruct(Construct[AwaitApprovalMemory]):
    remembers = AwaitApprovalMemory
    node = "approval"
    place = "approval"
    waits = True

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = _node(machine, frame)
        text = text_of(machine, frame, "text", machine.evaluate(frame, "question", node.question))
        shown = [
            ShownValue(expression_text(expression), *parted(to_wire(machine.evaluate(frame, f"show{i}", expression))))
            for i, expression in enumerate(node.show)
        ]
        gates = opened_calls(machine, frame, node.name, node.gates)
        question = Question(
            id=frame.path,
            name=node.name,
            text=text,
            shown=shown,
            gates=gates,
            digest=question_digest(text, shown, gates),
            stages=_stages(machine, frame, node),
            asked_at=machine.state.now,
            answer_type=encode(node.answer) if node.answer is not None else None,
        )
        asking.open_question(machine, frame, question)
        self._remind_later(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case Answered():
                asking.take(machine, frame, event)
            case AnswerVerified() | CallFailed():
                self._heard(machine, frame, event)
            case TimerFired(id=id_) if id_ != self.memory(frame).remind_timer:
                if asking.is_due(machine, frame):
                    self._timed_out(machine, frame)
            case TimerFired():
                self.memory(frame).reminders += 1
                machine.note("reminded", frame, "approval", detail=asking.question_of(machine, frame).text)
                self._remind_later(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        self._close(machine, frame, "withdrawn")
        machine.end(frame, CANCELLED)

    def _heard(self, machine: Machine, frame: Frame, event: AnswerVerified | CallFailed) -> None:
        decision = asking.heard(machine, frame, event)
        question = asking.question_of(machine, frame)
        if decision is not None:
            votes = asking.deciding(question, decision.outcome)
            self._settle(machine, frame, decision.outcome, decision.outcome == "approved", decision.answer, votes)
        elif question.due and asking.is_due(machine, frame):
            self._timed_out(machine, frame)

    def _timed_out(self, machine: Machine, frame: Frame) -> None:
        question = asking.question_of(machine, frame)
        match question.current.outcome:
            case "ask":
                machine.note("escalated", frame, "approval", detail=question.text)
                asking.next_stage(machine, frame)
            case "fail":
                self._close(machine, frame, "timed_out")
                machine.end(frame, failed(Failure(APPROVAL_TIMED_OUT, f"nobody answered: {question.text}", frame.path)))
            case outcome:
                self._settle(machine, frame, "timed_out", outcome == "approve", None, [])

    def _remind_later(self, machine: Machine, frame: Frame) -> None:
        every = _node(machine, frame).remind
        self.memory(frame).remind_timer = f"{frame.path}!remind{self.memory(frame).reminders}"
        if every is not None:
            summary = f"{title(frame.path)}: remind"
            machine.issue(frame, SetTimer(self.memory(frame).remind_timer, machine.state.now + every / 1000, summary))

    def _settle(
        self, machine: Machine, frame: Frame, outcome: str, approved: bool, answer: Value, votes: list[Vote]
    ) -> None:
        """`by` are those on whose votes it stands, `note` is what the one who rejected has said."""
        note = votes[-1].answer.note if outcome == "rejected" else None
        by: list[Value] = [*sorted({vote.by for vote in votes})]
        self._close(machine, frame, outcome)
        value: Value = {"outcome": outcome, "approved": approved, "answer": answer, "by": by, "note": note or None}
        machine.end(frame, done(value))

    def _close(self, machine: Machine, frame: Frame, outcome: str) -> None:
        asking.close(machine, frame, outcome)
        machine.withdraw(self.memory(frame).remind_timer)


def _node(machine: Machine, frame: Frame) -> AwaitApproval:
    return cast(AwaitApproval, machine.node(frame))


def _stages(machine: Machine, frame: Frame, node: AwaitApproval) -> list[Stage]:
    """With each `person EXPR` by name."""
    return [_stage(machine, frame, number, stage) for number, stage in enumerate(node.stages)]


def _stage(machine: Machine, frame: Frame, number: int, stage: statements.Stage) -> Stage:
    assert stage.timeout is not None
    assert stage.outcome is not None
    seats = [
        Seat(_person(machine, frame, f"{number}.{place}", whom), is_person=True)
        if isinstance(whom, Person)
        else Seat(whom.name)
        for place, whom in enumerate(stage.whom)
    ]
    return Stage(
        seats, stage.timeout, stage.outcome, stage.required, stage.all_of, stage.except_requester, stage.verified
    )


def _person(machine: Machine, frame: Frame, key: str, person: Person) -> str:
    return text_of(machine, frame, f"name{key}", machine.evaluate(frame, f"person{key}", person.value))
