"""The calls that a model asks for, read: of what the agent may use, with arguments of the right types.

What a model wrote is text from outside. It reaches a call only as arguments that fit the declared parameters, of a
target that was offered; anything else is told back to the model in words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

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
        known = f"there are {', '.join(f'`{name}`' for name in names)}" if names else "nothing can be called here"
        hint = did_you_mean(asked.name, list(names))
        return ReadCall(None, problem=f"there is no tool `{asked.name}`{hint}; {known}")
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


def fingerprint(definition: Definition, agent: AgentDeclaration, offered: list[int], asked: AskedCall) -> str:
    """The same for the same call, however it is written: a name with a dot, a default in full, a number with zeros."""
    read = read_call(definition, agent, offered, asked)
    if read.arguments is not None and read.use is not None:
        name, said = agent.uses[read.use].target, _in_one_way(dict(read.arguments))
    else:
        plain = model_answers.read(asked.arguments.strip() or "{}")
        name, said = name_for_providers(asked.name), asked.arguments if plain.problem else _in_one_way(plain.value)
    return hashlib.sha256(f"{name} {json.dumps(said, sort_keys=True, default=str)}".encode()).hexdigest()[:16]


def _in_one_way(value: Value) -> Value:
    """With equal numbers written alike."""
    if type(value) is dict:
        return {name: _in_one_way(each) for name, each in value.items()}
    if type(value) is list:
        return [_in_one_way(each) for each in value]
    if type(value) not in (int, float, Decimal):
        return value
    sign, digits, exponent = Decimal(value if type(value) is int else str(value)).as_tuple()
    written = "".join(map(str, digits)).rstrip("0")
    if type(exponent) is not int:
        return str(value)
    return f"{'-' * sign}{written}e{exponent + len(digits) - len(written)}" if written else "0"


def declared(definition: Definition, name: str) -> Offered:
    return definition.tools.get(name) or definition.agents.get(name) or definition.flows[name]


def _without_nulls(given: Value, parameters: tuple[Field, ...]) -> Value:
    """A model names every parameter, and writes null for one that has a default and is not given."""
    defaulted = {each.name for each in parameters if each.default is not None}
    if type(given) is not dict:
        return given
    return {name: value for name, value in given.items() if value is not None or name not in defaulted}
