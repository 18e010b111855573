"""What calls of tools, agents and flows share: their arguments, checked against the declared parameters."""

from typing import cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Step
from dsl.ast.types import Field
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.problems import Problem
from dsl.values.validate import validate_record
from interpreter.boundary.failures import INVALID_INPUT
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame, UndoCall


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


def word_calls(
    machine: Machine,
    frame: Frame,
    calls: tuple[Call, ...],
    extra: dict[str, Value] | None = None,
    slot: str = "undo",
) -> list[UndoCall]:
    """What is called later, with its arguments as they are now. Raises `FlowFailed` and `EvaluationError`."""
    worded: list[UndoCall] = []
    for number, call in enumerate(calls):
        target = machine.definition.tools[call.target]
        place = f"{slot}{number}." if number else slot
        arguments = evaluate_arguments(machine, frame, call, asked_for(target), extra, place)
        worded.append(UndoCall(target.name, to_wire(arguments)))
    return worded


def asked_for(tool: ToolDeclaration) -> tuple[Field, ...]:
    """The parameters that a call gives; the one that takes the key is filled in."""
    return tuple(each for each in tool.parameters if each.name != tool.key)


def describe(problems: tuple[Problem, ...]) -> str:
    return "; ".join(map(str, problems))
