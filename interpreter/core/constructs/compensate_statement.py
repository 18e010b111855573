"""`compensate { }` as a statement: what is done when what the flow has done so far is undone.

Its arguments are those of this moment. It stands in the ledger like the undo of a step that started here, and no effect
of its own can be in doubt.
"""

from typing import cast

from dsl.ast.statements import CompensateStatement
from interpreter.core import ledger
from interpreter.core.constructs.calls import word_calls
from interpreter.core.constructs.construct import Construct
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE
from interpreter.core.staging import is_staged
from interpreter.core.state import Frame


class CompensateStatementConstruct(Construct[NoMemory]):
    node = "compensate"

    def enter(self, machine: Machine, frame: Frame) -> None:
        calls = word_calls(machine, frame, cast(CompensateStatement, machine.node(frame)).calls)
        entry = ledger.owe(machine.state, frame.path, "compensate", frame.started, calls)
        entry.staged = is_staged(machine.state)
        machine.note("completed", frame, "compensate")
        machine.end(frame, DONE)
