"""A typed question to people, in stages. Every stage has a deadline and a stated outcome.

The question is worded once, when it opens: what is shown, which calls it gates with which arguments, and the digest of
all that. Its id is the path of the statement, so it is found by a late answer too.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import cast

from dsl.ast.statements import AwaitApproval, Person
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.references import parted
from interpreter.boundary.failures import APPROVAL_TIMED_OUT
from interpreter.boundary.payloads import Answer
from interpreter.boundary.view import ShownValue
from interpreter.core import ballot
from interpreter.core.commands import Reply, SetTimer
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.texts import text_of
from interpreter.core.events import Answered, Event, TimerFired
from interpreter.core.late_answers import see, settle
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.opened_calls import opened_calls
from interpreter.core.outcomes import CANCELLED, Failure, done, failed
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame, Question
from interpreter.core.wording import expression_text, title


@recorded
@dataclass(slots=True)
class AwaitApprovalMemory(Memory):
    """`reminders` is how many were sent; the timers are command ids."""

    reminders: int = 0
    stage_timer: str = ""
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
        persons = _persons(machine, frame, node)
        digest = _digest([text, [[item.name, item.value, item.references] for item in shown], gates])
        machine.state.questions[frame.path] = Question(
            frame.path, text, shown, gates, digest, -1, machine.state.now, machine.state.now, persons
        )
        machine.note("asked", frame, "approval", detail=text)
        self._remind_later(machine, frame)
        self._next_stage(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        match event:
            case Answered():
                self._answered(machine, frame, event)
            case TimerFired(id=id_) if id_ == self.memory(frame).stage_timer:
                self._timed_out(machine, frame)
            case TimerFired():
                self.memory(frame).reminders += 1
                machine.note("reminded", frame, "approval", detail=self._question(machine, frame).text)
                self._remind_later(machine, frame)

    def cancel(self, machine: Machine, frame: Frame) -> None:
        self._close(machine, frame, "withdrawn")
        machine.end(frame, CANCELLED)

    def _answered(self, machine: Machine, frame: Frame, event: Answered) -> None:
        answer = event.answer
        node, question = _node(machine, frame), self._question(machine, frame)
        verdict = ballot.cast_vote(machine.definition, machine.state, node, question, answer, event.at)
        machine.commands.append(Reply(answer.id, verdict.accepted, verdict.outcome, verdict.message))
        if not verdict.accepted:
            return
        see(machine.state, answer, verdict.outcome)
        machine.note("voted", frame, "approval", detail=_told(answer))
        if verdict.outcome in ("approved", "rejected"):
            by = sorted({vote.by for vote in question.votes}) if verdict.outcome == "approved" else [answer.by]
            self._settle(machine, frame, verdict.outcome, verdict.outcome == "approved", verdict.answer, by)

    def _timed_out(self, machine: Machine, frame: Frame) -> None:
        question = self._question(machine, frame)
        stage = _node(machine, frame).stages[question.stage]
        if stage.outcome == "ask":
            machine.note("escalated", frame, "approval", detail=question.text)
            self._next_stage(machine, frame)
        elif stage.outcome == "fail":
            self._close(machine, frame, "timed_out")
            machine.end(frame, failed(Failure(APPROVAL_TIMED_OUT, f"nobody answered: {question.text}", frame.path)))
        else:
            self._settle(machine, frame, "timed_out", stage.outcome == "approve", None, [])

    def _next_stage(self, machine: Machine, frame: Frame) -> None:
        question = self._question(machine, frame)
        question.stage += 1
        question.proposal = question.proposal_digest = None
        stage = _node(machine, frame).stages[question.stage]
        assert stage.timeout is not None
        question.deadline = machine.state.now + stage.timeout / 1000
        self.memory(frame).stage_timer = f"{frame.path}!stage{question.stage}"
        machine.issue(
            frame,
            SetTimer(self.memory(frame).stage_timer, question.deadline, f"{title(frame.path)}: answer due"),
        )

    def _remind_later(self, machine: Machine, frame: Frame) -> None:
        every = _node(machine, frame).remind
        self.memory(frame).remind_timer = f"{frame.path}!remind{self.memory(frame).reminders}"
        if every is not None:
            summary = f"{title(frame.path)}: remind"
            machine.issue(frame, SetTimer(self.memory(frame).remind_timer, machine.state.now + every / 1000, summary))

    def _settle(
        self, machine: Machine, frame: Frame, outcome: str, approved: bool, answer: Value, by: list[str]
    ) -> None:
        self._close(machine, frame, outcome)
        machine.end(frame, done({"outcome": outcome, "approved": approved, "answer": answer, "by": [*by]}))

    def _close(self, machine: Machine, frame: Frame, outcome: str) -> None:
        machine.withdraw(self.memory(frame).stage_timer)
        machine.withdraw(self.memory(frame).remind_timer)
        del machine.state.questions[frame.path]
        settle(machine.state, frame.path, outcome)
        machine.note(outcome, frame, "approval")

    def _question(self, machine: Machine, frame: Frame) -> Question:
        return machine.state.questions[frame.path]


def _told(answer: Answer) -> str:
    """A vote as people read it: nobody has checked yet who gave it, and that comes with the name."""
    group = f" for {answer.group}" if answer.group is not None else ""
    given = f" with {json.dumps(answer.answer, ensure_ascii=False)}" if answer.answer is not None else ""
    note = f": {answer.note}" if answer.note else ""
    return f"{answer.decision} by {answer.by} (unverified){group}{given}{note}"


def _node(machine: Machine, frame: Frame) -> AwaitApproval:
    return cast(AwaitApproval, machine.node(frame))


def _persons(machine: Machine, frame: Frame, node: AwaitApproval) -> dict[str, str]:
    """Who is meant by each `person EXPR`, by its place: stage and position."""
    return {
        (key := ballot.person_key(s, w)): text_of(
            machine, frame, f"name{key}", machine.evaluate(frame, f"person{key}", whom.value)
        )
        for s, stage in enumerate(node.stages)
        for w, whom in enumerate(stage.whom)
        if type(whom) is Person
    }


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
