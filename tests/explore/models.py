"""What a model may say: an answer, or, when it may call, each call of its own, two side by side, and nonsense."""

import json
from collections.abc import Iterator
from typing import Any

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.types import RecordType
from dsl.definition.definition import Definition
from dsl.values.offers import name_for_providers, parameters_of
from dsl.values.schema import json_schema
from interpreter.boundary.payloads import ChatResult, ChatUsage
from interpreter.boundary.talk import AskedCall
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.asked_calls import declared
from interpreter.core.commands import AttemptModel
from interpreter.core.state import State
from tests.explore.samples import sample

SIZE = 20
"""Bytes of whatever is kept."""


def model_says(definition: Definition, state: State, command: AttemptModel) -> Iterator[tuple[str, ChatResult]]:
    agent = definition.agents[command.request.agent]
    answer = sample(agent.returns, definition.types)
    if set(json_schema(agent.returns, definition.types, for_model=True)["properties"]) == {"value"}:
        answer = {"value": answer}
    yield "answers", _result(command, text=json.dumps(answer, default=str))
    calls = _calls(definition, state, command, agent)
    for call in calls:
        yield f"asks for {call.name}", _result(command, calls=[call])
    if calls:
        yield "asks for two", _result(command, calls=[calls[0], calls[-1]])
        yield (
            "asks oddly",
            _result(command, calls=[AskedCall("odd", "nothing", "{}"), AskedCall("o", calls[0].name, "no")]),
        )


def _calls(definition: Definition, state: State, command: AttemptModel, agent: AgentDeclaration) -> list[AskedCall]:
    """Each that this step of the agent may make, with arguments that it has not made it with before."""
    asking = state.frames[state.pending[command.id].frame].parent
    memory = state.frames[asking or ""].memory
    if type(memory) is not AgentStepMemory or memory.talk is None:
        return []
    found = []
    for place in memory.talk.offered:
        target = agent.uses[place].target
        arguments = sample(RecordType(parameters_of(declared(definition, target))), definition.types)
        found.append(AskedCall(f"c{place}", name_for_providers(target), json.dumps(arguments, default=str)))
    return found


def _result(command: AttemptModel, *, text: str | None = None, calls: list[AskedCall] | None = None) -> ChatResult:
    usage = ChatUsage(5, min(10, command.request.max_output_tokens))
    result = ChatResult(None, usage, command.request.model, text=text, calls=calls or [])
    if command.request.talk is not None:
        kept: list[Any] = [command.id.encode().hex().ljust(64, "0")[-64:], SIZE]
        result.head, result.preamble = kept, kept
    return result
