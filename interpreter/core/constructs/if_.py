"""`if … else if … else`: the first block whose condition holds, or none."""

from typing import cast

from dsl.ast.statements import If
from interpreter.core.constructs.choice import Choice
from interpreter.core.machine import Machine
from interpreter.core.state import Frame


class IfConstruct(Choice):
    def taken(self, machine: Machine, frame: Frame) -> int | None:
        arms = cast(If, machine.node(frame)).arms
        held = (machine.evaluate(frame, f"condition{place or ''}", arm.condition) for place, arm in enumerate(arms))
        return next((place for place, holds in enumerate(held) if holds), None)
