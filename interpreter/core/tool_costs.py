"""What a call of a tool may cost, and what it did cost.

Each attempt is set aside for by what the tool costs at most, and settled by how it ended. An attempt of which it is
known that nothing happened costs nothing; one of which nobody knows stays charged with all that was set aside. What
undoes or verifies costs nothing: the check has seen to it, because no budget could refuse it.
"""

from decimal import Decimal

from dsl.ast.declarations import ToolDeclaration
from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value
from dsl.values.validate import validate
from interpreter.boundary.payloads import JSON
from interpreter.core import certainty
from interpreter.core.events import CallFailed
from interpreter.core.machine import Machine
from interpreter.core.state import Amount, Frame


def most(tool: ToolDeclaration) -> Amount | None:
    """What one attempt may cost; None where that is nothing."""
    return None if tool.costs is None else Amount(usd=tool.costs.at_most or Decimal(0))


def of_result(machine: Machine, frame: Frame, tool: ToolDeclaration, result: JSON) -> Amount:
    """What the tool says that it cost; all that was set aside, where it says nothing that can be true. May suspend."""
    assert tool.costs is not None
    reserved = frame.reserved
    assert reserved is not None
    value: Value = None
    if tool.returns is not None:
        checked = validate(result, tool.returns, machine.definition.types, received=True)
        if checked.problems:
            return reserved
        value = checked.value
    try:
        told = machine.evaluate(frame, "costs", tool.costs.value, {"result": value}, closed=True)
    except EvaluationError:
        return reserved
    usd = Decimal(told) if type(told) is int or type(told) is Decimal else None
    return reserved if usd is None or not usd.is_finite() or usd < 0 else Amount(usd=usd)


def of_failure(tool: ToolDeclaration, event: CallFailed, reserved: Amount) -> Amount:
    return Amount() if certainty.nothing_happened(tool, event) else reserved
