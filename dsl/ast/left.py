"""`budget.left.usd`: what is left of the budgets around, under names that no author can write.

Sealing puts such a name where the text asks; a run finds its value where it stands (`interpreter.core.purses`).
"""

from typing import Literal, get_args

from dsl.ast.statements import Budget

LeftUnit = Literal["usd", "tokens", "calls", "iterations", "time"]
UNITS: tuple[LeftUnit, ...] = get_args(LeftUnit)
"""What of a budget can be left where a flow asks; turns are an agent's own."""

_PREFIX = "budget.left."


def left_name(unit: str) -> str:
    return _PREFIX + unit


def unit_left(name: str) -> LeftUnit | None:
    """The unit that `name` asks for; None for any other name."""
    return next((unit for unit in UNITS if name == _PREFIX + unit), None) if name.startswith(_PREFIX) else None


def limited(budget: Budget | None) -> frozenset[str]:
    """The units that `budget` limits."""
    return frozenset(unit for unit in UNITS if budget is not None and getattr(budget, unit) is not None)
