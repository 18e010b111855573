"""The question for more of a budget: its answer says how much."""

from decimal import Decimal

from dsl.ast.types import Field, NamedType, RecordType
from dsl.definition.encode import encode
from interpreter.boundary.statements import question_digest
from interpreter.core import asking
from interpreter.core.constructs.asking_people import AskingPeople, stages_of
from interpreter.core.machine import Machine
from interpreter.core.more import AskForMoreMemory, can_be_given
from interpreter.core.question import Question
from interpreter.core.state import Frame

SMALLEST_MONEY = Decimal("0.000001")


class AskForMoreConstruct(AskingPeople[AskForMoreMemory]):
    remembers = AskForMoreMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        assert frame.parent is not None
        of = machine.state.frames[frame.parent]
        purse = machine.state.purses.get(of.path)
        money = memory.unit == "usd"
        amount = Field(
            memory.unit,
            NamedType("decimal" if money else "int"),
            at_least=SMALLEST_MONEY if money else Decimal(1),
            at_most=None if purse is None else can_be_given(machine.state, purse, memory.unit),
        )
        question = Question(
            id=frame.path,
            name=frame.path.rsplit("/", 1)[-1],
            text=memory.text,
            shown=[],
            gates=[],
            digest=question_digest(memory.text, [], []),
            stages=stages_of(machine, frame, machine.table[of.kind].asks(machine, of)),
            asked_at=machine.state.now,
            answer_type=encode(RecordType((amount,))),
        )
        asking.open_question(machine, frame, question)
