"""What calls of tools, agents and flows share: their arguments, checked against the declared parameters."""

from typing import cast

from dsl.ast.statements import Call, Step
from dsl.ast.types import Field
from dsl.expressions.values import Value
from dsl.values.problems import Problem
from dsl.values.validate import validate_record
from interpreter.boundary.failures import INVALID_INPUT
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame


def step_of(machine: Machine, frame: Frame, asked_for: str) -> Step:
    """The step that `frame` carries out; an agent that asks `asked_for` something has none, so it is made up."""
    if asked_for:
        return Step(frame.path.rsplit("/", 1)[-1], Call(asked_for, ()), named=False)
    return cast(Step, machine.node(frame))


def evaluate_arguments(
    machine: Machine,
    frame: Frame,
    call: Call,
    parameters: tuple[Field, ...],
    extra: dict[str, Value] | None = None,
    slot: str = "argument",
) -> dict[str, Value]:
    """The arguments by parameter name, with defaults filled in. Raises `FlowFailed` when one breaks its constraints."""
    given = {
        argument.name or parameters[position].name: machine.evaluate(frame, f"{slot}{position}", argument.value, extra)
        for position, argument in enumerate(call.arguments)
    }
    checked = validate_record(given, parameters, machine.definition.types)
    if checked.problems:
        raise FlowFailed(Failure(INVALID_INPUT, f"`{call.target}`: {describe(checked.problems)}", frame.path))
    arguments: dict[str, Value] = checked.value
    return arguments


def describe(problems: tuple[Problem, ...]) -> str:
    return "; ".join(map(str, problems))
