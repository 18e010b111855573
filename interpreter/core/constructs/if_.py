"""`if … else`: one of two blocks, or none."""

from typing import cast

from dsl.ast.statements import If
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE
from interpreter.core.state import Frame


class IfConstruct(Construct[NoMemory]):
    node = None

    def enter(self, machine: Machine, frame: Frame) -> None:
        node = cast(If, machine.node(frame))
        if machine.evaluate(frame, "condition", node.condition):
            machine.open(frame, "/then")
        elif node.otherwise is not None:
            machine.open(frame, "/else")
        else:
            machine.end(frame, DONE)
