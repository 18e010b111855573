"""`let`, `var` and `set`: names and their values."""

from typing import cast

from dsl.ast.statements import Let, Set, Var
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.outcomes import DONE
from interpreter.core.state import Frame


class LetConstruct(Construct):
    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Let, machine.node(frame))
        machine.bind(frame, node.name, machine.evaluate(frame, "value", node.value))
        machine.end(frame, DONE)


class VarConstruct(Construct):
    """A `var` without a value has none until it is set; the check proves that nobody looks before."""

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Var, machine.node(frame))
        machine.bind(frame, node.name, machine.evaluate(frame, "value", node.value) if node.value is not None else None)
        machine.end(frame, DONE)


class SetConstruct(Construct):
    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(Set, machine.node(frame))
        machine.assign(frame, node.name, machine.evaluate(frame, "value", node.value))
        machine.end(frame, DONE)
