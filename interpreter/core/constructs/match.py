"""`match`: the block of the case that has the value, or that of `else`."""

from typing import cast

from dsl.ast.expressions import Binary, ListLiteral
from dsl.ast.statements import Case, Match
from dsl.expressions.equality import equal
from dsl.expressions.values import Reference, Value
from interpreter.boundary.failures import EXPRESSION_FAILED
from interpreter.core.constructs.choice import Choice
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame


class MatchConstruct(Choice):
    def taken(self, machine: Machine, frame: Frame) -> int | None:
        node = cast(Match, machine.node(frame))
        value = machine.evaluate(frame, "subject", node.subject)
        for place, case in enumerate(node.cases):
            if _has(machine, frame, value, case, f"case{place}"):
                return place
        if node.complete:
            raise FlowFailed(Failure(EXPRESSION_FAILED, "no case of `match` has the value", frame.path))
        return None


def _has(machine: Machine, frame: Frame, value: Value, case: Case, slot: str) -> bool:
    """A text that is kept beside the run is compared there. May suspend."""
    if type(value) is not Reference:
        return any(equal(value, each.value) for each in case.values)
    subject = cast(Match, machine.node(frame)).subject
    return bool(machine.evaluate(frame, slot, Binary("in", subject, ListLiteral(case.values))))
