"""The files that an agent's prompt shows: those that its holes give, one by one or as lists, in the order of the text.

A hole that gives a file writes its name in the text; the file itself stands after the text, as a part of the message.
A record that holds one is told in words only.
"""

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Literal, Template
from dsl.expressions.values import File, Value
from dsl.values.conversations import Message
from dsl.values.structure import holds
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.machine import Machine
from interpreter.core.state import Frame


def shown(machine: Machine, frame: Frame, agent: AgentDeclaration, arguments: dict[str, Value]) -> list[Value]:
    """May suspend."""
    types = machine.definition.types
    if type(agent.prompt) is not Template or not any(holds("file", each.type, types) for each in agent.parameters):
        return []
    files: list[Value] = []
    for at, part in enumerate(agent.prompt.parts):
        if type(part) is not Literal:
            found = machine.evaluate(frame, f"file{at}", part, arguments, closed=True)
            files += [each for each in (found if type(found) is list else [found]) if type(each) is File]
    return files


def message(memory: AgentStepMemory) -> Message:
    """The first thing that the agent is told."""
    said: Message = {"role": "user", "value": memory.prompt}
    return said | {"files": memory.files} if memory.files else said
