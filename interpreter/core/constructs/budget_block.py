"""`budget … { } on exhausted { }`: caps a block that runs once."""

from typing import cast

from dsl.ast.statements import Block, BudgetBlock
from interpreter.core.budgeted_memory import BudgetedMemory
from interpreter.core.constructs.budgeted import BudgetedConstruct
from interpreter.core.machine import Machine
from interpreter.core.state import Frame


class BudgetBlockConstruct(BudgetedConstruct[BudgetedMemory]):
    remembers = BudgetedMemory

    def enter(self, machine: Machine, frame: Frame) -> None:
        self.begin(machine, frame, cast(BudgetBlock, machine.node(frame)).budget)
        machine.open(frame, "/body")

    def on_exhausted(self, machine: Machine, frame: Frame) -> Block | None:
        return cast(BudgetBlock, machine.node(frame)).on_exhausted
