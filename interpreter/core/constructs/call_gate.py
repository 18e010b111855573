"""A question of its own before a call that an agent's model asks for.

People see the call with exactly the arguments that it would be made with; that call is the proposal that the first of
them agrees to. Who agrees with other arguments proposes those, and the others are asked to agree to them; they are
checked like any answer, and what was agreed to is what is called. A call that takes effect only through people is never
let through by a timeout.
"""

import json

from dsl.ast.types import RecordType
from dsl.definition.encode import encode
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.offers import parameters_of
from dsl.values.references import parted
from dsl.values.references import shown as plain
from interpreter.boundary.statements import question_digest
from interpreter.boundary.view import ShownValue
from interpreter.core import asking
from interpreter.core.agent_memory import CallGateMemory
from interpreter.core.asked_calls import declared
from interpreter.core.constructs.asking_people import AskingPeople, stages_of
from interpreter.core.machine import Machine
from interpreter.core.question import Question
from interpreter.core.state import Frame


class CallGateConstruct(AskingPeople[CallGateMemory]):
    remembers = CallGateMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        memory = self.memory(frame)
        use = machine.definition.agents[memory.agent].uses[memory.use]
        stages = stages_of(machine, frame, use.gate, memory.known)
        text = f"`{memory.agent}` asks to call `{use.target}`"
        shown = [ShownValue(name, *parted(to_wire(value))) for name, value in memory.arguments.items()]
        gates = [f"{use.target}({', '.join(f'{name}: {_json(value)}' for name, value in memory.arguments.items())})"]
        question = Question(
            id=frame.path,
            name=use.target,
            text=text,
            shown=shown,
            gates=gates,
            digest=question_digest(text, shown, gates),
            stages=stages,
            asked_at=machine.state.now,
            answer_type=encode(RecordType(parameters_of(declared(machine.definition, use.target)))),
            asked=memory.arguments,
        )
        asking.open_question(machine, frame, question)


def _json(value: Value) -> str:
    return json.dumps(plain(to_wire(value)), ensure_ascii=False)
