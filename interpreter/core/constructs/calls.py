"""What calls of tools, agents and flows share: their arguments, checked against the declared parameters."""

from typing import cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Call, Step
from dsl.ast.types import Field
from dsl.definition.encode import decode_data, encode
from dsl.expressions.names import names
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.problems import Problem
from dsl.values.validate import validate_record
from interpreter.boundary.failures import INVALID_INPUT
from interpreter.core.certainty import needs_result
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame, Promise, UndoCall


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


def promised(machine: Machine, frame: Frame, calls: tuple[Call, ...], extra: dict[str, Value]) -> Promise | None:
    """What is called later, when its `result` is known, with all else that it reads as that is now. None where it is
    not the result that is lacking.
    """
    if not needs_result(calls):
        return None
    read = set().union(*(names(argument.value) for call in calls for argument in call.arguments)) - {"result"}
    known = {name: extra[name] if name in extra else machine.lookup(frame, name) for name in sorted(read)}
    return Promise([encode(call) for call in calls], known)


def word_promise(machine: Machine, frame: Frame, promise: Promise, slot: str) -> list[UndoCall]:
    """The same once somebody has said what the step answered. Raises as `word_calls` does."""
    calls = tuple(cast(Call, decode_data(call)) for call in promise.calls)
    return word_calls(machine, frame, calls, promise.names, slot)


def asked_for(tool: ToolDeclaration) -> tuple[Field, ...]:
    """The parameters that a call gives; the one that takes the key is filled in."""
    return tuple(each for each in tool.parameters if each.name != tool.key)


def describe(problems: tuple[Problem, ...]) -> str:
    return "; ".join(map(str, problems))
