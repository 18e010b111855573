"""`finally`: what a `try` owes however it ends. No cancel reaches it, and no budget refuses it.

What is owed goes the way of an undo: its calls are worded when the `try` has ended, stand in the ledger before the
first is made, and are made one after the other. One that cannot be made, or whose outcome nobody knows, ends them: the
entry stays, as an undo that failed. So what a `finally` asks for is done, or listed.
"""

from typing import cast

from dsl.ast.statements import Try
from dsl.expressions.errors import EvaluationError
from interpreter.core import ledger
from interpreter.core.constructs.calls import word_calls
from interpreter.core.constructs.construct import Construct
from interpreter.core.constructs.undo import open_undo
from interpreter.core.machine import Machine
from interpreter.core.memory import NoMemory
from interpreter.core.outcomes import DONE, Exit, FlowFailed, failed
from interpreter.core.staging import is_staged
from interpreter.core.state import Frame


class FinallyConstruct(Construct[NoMemory]):
    """Its frame is below that of its `try`, and has the same node."""

    node = "finally"
    place = "undo"
    cancellable = False

    def enter(self, machine: Machine, frame: Frame) -> None:
        finally_ = cast(Try, machine.node(frame)).finally_
        assert finally_ is not None
        try:
            calls, reason = word_calls(machine, frame, finally_.calls), ""
        except (EvaluationError, FlowFailed) as error:
            calls, reason = [], f"it cannot be worded: {error}"
        entry = ledger.owe(machine.state, frame.path, ledger.FINALLY, frame.started, calls)
        entry.staged = is_staged(machine.state)
        if reason:
            entry.undo_tool, entry.reason = finally_.calls[0].target, reason
        open_undo(machine, frame, "/undo", frame.path, frame.opened)

    def child(self, machine: Machine, frame: Frame, child: str, exit_: Exit) -> None:
        if exit_.failure is not None:
            machine.end(frame, failed(exit_.failure))
            return
        ledger.never_happened(machine.state, frame.path)  # it is owed no more
        machine.end(frame, DONE)
