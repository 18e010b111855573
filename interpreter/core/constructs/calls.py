"""What calls of tools, agents and flows share: their arguments, checked against the declared parameters."""

from dsl.ast.statements import Call
from dsl.ast.types import Field
from dsl.expressions.values import Value
from dsl.values.problems import Problem
from dsl.values.validate import validate_record
from interpreter.boundary.failures import INVALID_INPUT
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame


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
