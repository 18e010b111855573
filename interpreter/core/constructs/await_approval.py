"""A typed question to people, in stages. Every stage has a deadline and a stated outcome.

What is shown, which calls the question gates with which arguments, and the digest of all that.
"""

from dataclasses import dataclass
from typing import cast

from dsl.ast.statements import AwaitApproval
from dsl.definition.encode import encode
from dsl.expressions.wire import to_wire
from dsl.values.references import parted
from interpreter.boundary.statements import question_digest
from interpreter.boundary.view import ShownValue
from interpreter.core import asking
from interpreter.core.commands import SetTimer
from interpreter.core.constructs.asking_people import AskingPeople, stages_of
from interpreter.core.constructs.texts import text_of
from interpreter.core.events import Event, TimerFired
from interpreter.core.machine import Machine
from interpreter.core.memory import Memory
from interpreter.core.opened_calls import opened_calls
from interpreter.core.question import Question
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame
from interpreter.core.wording import expression_text, title


@recorded
@dataclass(slots=True)
class AwaitApprovalMemory(Memory):
    """`reminders` is how many were sent; `remind_timer` a command id."""

    reminders: int = 0
    remind_timer: str = ""


class AwaitApprovalConstruct(AskingPeople[AwaitApprovalMemory]):
    remembers = AwaitApprovalMemory

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
            stages=stages_of(machine, frame, node.stages),
            asked_at=machine.state.now,
            answer_type=encode(node.answer) if node.answer is not None else None,
        )
        asking.open_question(machine, frame, question)
        self._remind_later(machine, frame)

    def event(self, machine: Machine, frame: Frame, event: Event) -> None:
        if type(event) is TimerFired and event.id == self.memory(frame).remind_timer:
            self.memory(frame).reminders += 1
            machine.note("reminded", frame, "approval", detail=asking.question_of(machine, frame).text)
            self._remind_later(machine, frame)
        else:
            super().event(machine, frame, event)

    def close(self, machine: Machine, frame: Frame, outcome: str) -> None:
        super().close(machine, frame, outcome)
        machine.withdraw(self.memory(frame).remind_timer)

    def _remind_later(self, machine: Machine, frame: Frame) -> None:
        every = _node(machine, frame).remind
        self.memory(frame).remind_timer = f"{frame.path}!remind{self.memory(frame).reminders}"
        if every is not None:
            summary = f"{title(frame.path)}: remind"
            machine.issue(frame, SetTimer(self.memory(frame).remind_timer, machine.state.now + every / 1000, summary))


def _node(machine: Machine, frame: Frame) -> AwaitApproval:
    return cast(AwaitApproval, machine.node(frame))
