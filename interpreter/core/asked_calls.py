"""The calls that a model asks for, read: of what the agent may use, with arguments of the right types.

What a model wrote is text from outside. It reaches a call only as arguments that fit the declared parameters, of a
target that was offered; anything else is told back to the model in words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.types import Field, RecordType
from dsl.definition.definition import Definition
from dsl.expressions.values import Value
from dsl.values.offers import Offered, name_for_providers, parameters_of, told
from dsl.values.problems import did_you_mean
from dsl.values.schema import Unwrappable, unwrap
from dsl.values.validate import validate_record
from interpreter.boundary.talk import AskedCall
from interpreter.core import model_answers
from interpreter.core.constructs.calls import describe

MOST_MISSES = 3
"""Turns in a row without a call that can be understood, after which the model is given up."""
MOST_REPEATS = 3
"""Which time the same call ends the agent, unless it declares another."""


@dataclass(frozen=True, slots=True)
class ReadCall:
    """What is called, by its place in the agent's list, and the arguments; or the problem that the model is told."""

    use: int | None
    arguments: Mapping[str, Value] | None = None
    problem: str | None = None


def tools_text(definition: Definition, agent: AgentDeclaration, offered: list[int]) -> str | None:
    """What the model is told of what it may call, as JSON; None when that is nothing."""
    return told((declared(definition, agent.uses[place].target) for place in offered), definition.types)


def read_call(definition: Definition, agent: AgentDeclaration, offered: list[int], asked: AskedCall) -> ReadCall:
    names = {name_for_providers(agent.uses[place].target): place for place in offered}
    place = names.get(name_for_providers(asked.name))
    if place is None:
        known = ", ".join(f"`{name}`" for name in names)
        hint = did_you_mean(asked.name, list(names))
        return ReadCall(None, problem=f"there is no tool `{asked.name}`{hint}; there are {known}")
    read = model_answers.read(asked.arguments.strip() or "{}")
    if read.problem is not None or type(read.value) is not dict:
        return ReadCall(place, problem=f"the arguments are no JSON object: {read.problem or asked.arguments[:60]}")
    parameters = parameters_of(declared(definition, agent.uses[place].target))
    try:
        given = unwrap(read.value, RecordType(parameters), definition.types)
    except Unwrappable as error:
        return ReadCall(place, problem=f"the arguments do not fit: {error}")
    checked = validate_record(_without_nulls(given, parameters), parameters, definition.types)
    if checked.problems:
        return ReadCall(place, problem=f"the arguments do not fit: {describe(checked.problems)}")
    return ReadCall(place, checked.value)


def fingerprint(asked: AskedCall) -> str:
    """The same for the same call, however its arguments are laid out."""
    read = model_answers.read(asked.arguments.strip() or "{}")
    said = json.dumps(read.value, sort_keys=True, default=str) if read.problem is None else asked.arguments
    return hashlib.sha256(f"{asked.name} {said}".encode()).hexdigest()[:16]


def declared(definition: Definition, name: str) -> Offered:
    return definition.tools.get(name) or definition.agents.get(name) or definition.flows[name]


def _without_nulls(given: Value, parameters: tuple[Field, ...]) -> Value:
    """A model names every parameter, and writes null for one that has a default and is not given."""
    defaulted = {each.name for each in parameters if each.default is not None}
    if type(given) is not dict:
        return given
    return {name: value for name, value in given.items() if value is not None or name not in defaulted}
