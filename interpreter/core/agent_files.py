"""The files that an agent's prompt shows: those that its holes give, one by one or as lists, in the order of the text.

A hole that gives a file writes its name in the text; the file itself stands after the text, as a part of the message.
A record that holds one is told in words only. A list that is kept elsewhere, because it is long, is fetched in
stretches.
"""

from typing import cast

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Expression, Get, Literal, Name, Slice, Template
from dsl.ast.types import ListType, NamedType, OptionalType, RecordType, Type
from dsl.expressions.values import File, Reference, Value
from dsl.values.conversations import Message
from dsl.values.structure import Types, holds, resolve
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.constructs.items import LONGEST_STRETCH
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
            if type(found) is Reference:
                found = _fetched(machine, frame, f"file{at}", found) if _is_files(part, agent, types) else None
            files += [each for each in (found if type(found) is list else [found]) if type(each) is File]
    return files


def _fetched(machine: Machine, frame: Frame, slot: str, source: Reference) -> Value:
    """All that a list holds. May suspend."""
    items: list[Value] = []
    while True:
        rest, known = Slice(_SOURCE, Literal(len(items)), None), {_SOURCE.name: source}
        slot_here = f"{slot}~{len(items)}"
        more = machine.evaluate(frame, slot_here, rest, known, closed=True, most_bytes=LONGEST_STRETCH)
        if not more:
            return items
        items += cast("list[Value]", more)


def _is_files(part: Expression, agent: AgentDeclaration, types: Types) -> bool:
    """Whether this is a parameter, or a field of one, that is a list of files."""
    found = _type_of(part, agent, types)
    return isinstance(found, ListType) and resolve(found.item, types) == NamedType("file")


def _type_of(part: Expression, agent: AgentDeclaration, types: Types) -> Type | None:
    match part:
        case Name(name=name):
            fields = agent.parameters
        case Get(subject=subject, name=name):
            around = _type_of(subject, agent, types)
            fields = around.fields if isinstance(around, RecordType) else ()
        case _:
            return None
    declared = next((resolve(each.type, types) for each in fields if each.name == name), None)
    return resolve(declared.item, types) if isinstance(declared, OptionalType) else declared


_SOURCE = Name("source")


def message(memory: AgentStepMemory) -> Message:
    """The first thing that the agent is told."""
    said: Message = {"role": "user", "value": memory.prompt}
    return said | {"files": memory.files} if memory.files else said
