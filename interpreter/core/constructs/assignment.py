"""`let`, `var` and `set`: names and their values.

What is put into a name with a type becomes a value of that type: what was left out of a record is filled in.
"""

from typing import cast

from dsl.ast.statements import Let, Set, Var
from dsl.ast.types import Type
from dsl.expressions.values import Value
from dsl.values.validate import validate
from interpreter.core.constructs.calls import describe
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE, Failure, FlowFailed
from interpreter.core.state import Frame

INVALID_VALUE = "InvalidValue"
"""The kind of a value that breaks a constraint of its name's type, such as a largest size."""


class LetConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Let, machine.node(frame))
        machine.bind(frame, node.name, _fitted(machine, frame, machine.evaluate(frame, "value", node.value), node.type))
        machine.end(frame, DONE)


class VarConstruct(Construct[NoMemory]):
    """A `var` without a value has none until it is set; the check proves that nobody looks before.

    The scope knows the addresses of its variables, for those who set them.
    """

    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Var, machine.node(frame))
        value = machine.evaluate(frame, "value", node.value) if node.value is not None else None
        scope = machine.scope_of(frame)
        scope.values[node.name] = _fitted(machine, frame, value, node.type) if node.value is not None else None
        scope.variables[node.name] = frame.address
        machine.end(frame, DONE)


class SetConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Set, machine.node(frame))
        value = machine.evaluate(frame, "value", node.value)
        holder = machine.holder(frame, node.name)
        address = holder.variables.get(node.name)
        declared = cast(Var, machine.node_at(address)).type if address is not None else None
        holder.values[node.name] = _fitted(machine, frame, value, declared)
        machine.end(frame, DONE)


def _fitted(machine: Machine, frame: Frame, value: Value, declared: Type | None) -> Value:
    if declared is None:
        return value
    checked = validate(value, declared, machine.definition.types)
    if checked.problems:
        raise FlowFailed(Failure(INVALID_VALUE, describe(checked.problems), frame.path))
    fitted: Value = checked.value
    return fitted
