"""Limits that are worked out where they begin, each held against the cap that stands beside it in the text.

All that was reckoned before the run went by the caps, so nothing may be more; and a limit of nothing would let nothing
happen, or never end. What does not fit fails with `InvalidLimit`, before anything is begun under it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dsl.ast.duration import format_duration
from dsl.ast.expressions import Expression
from dsl.ast.statements import Budget
from dsl.expressions.values import Value
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Frame

INVALID_LIMIT = "InvalidLimit"

Names = Mapping[str, Value]
"""All names that an expression knows, where those around its frame are not meant."""


def length(
    machine: Machine,
    frame: Frame,
    what: str,
    chosen: Expression | None,
    most: int,
    known: Names | None = None,
    *,
    least: int = 1,
) -> int:
    """Milliseconds: those that stand in the text, or that `chosen` says. `what` tells the limits of a frame apart."""
    if chosen is None:
        return most
    value = _value(machine, frame, what, chosen, known)
    found = value // timedelta(milliseconds=1) if type(value) is timedelta else None
    if found is None or not least <= found <= most:
        said = "no duration" if found is None else format_duration(found) if found >= 0 else "less than nothing"
        too_much = format_duration(most) if found is not None and found > most else None
        raise _invalid(frame, what, said, too_much, found, most)
    return found


def count(
    machine: Machine, frame: Frame, what: str, chosen: Expression | None, most: int, known: Names | None = None
) -> int:
    if chosen is None:
        return most
    value = _value(machine, frame, what, chosen, known)
    if type(value) is not int or not 1 <= value <= most:
        number = value if type(value) is int else None
        said = "no whole number" if number is None else str(number)
        raise _invalid(frame, what, said, str(most) if number is not None and number > most else None, number, most)
    return value


def limits(machine: Machine, frame: Frame, budget: Budget, known: Names | None = None) -> Budget:
    """The budget as it holds from now on."""
    found: dict[str, Any] = {}
    for limit in budget.chosen:
        unit = limit.unit or "time"
        most = getattr(budget, unit)
        if unit == "time":
            found[unit] = length(machine, frame, "budget time", limit.value, most, known)
        elif unit == "usd":
            found[unit] = _money(machine, frame, limit.value, most, known)
        else:
            found[unit] = count(machine, frame, f"budget {unit}", limit.value, most, known)
    return replace(budget, **found, chosen=()) if found else budget


def _money(machine: Machine, frame: Frame, chosen: Expression, most: Decimal, known: Names | None) -> Decimal:
    value = _value(machine, frame, "budget usd", chosen, known)
    amount = Decimal(value) if type(value) in (int, Decimal) else None
    if amount is None or not 0 < amount <= most:
        said = "no number" if amount is None else f"{amount:f}"
        too_much = f"{most:f}" if amount is not None and amount > most else None
        raise _invalid(frame, "budget usd", said, too_much, None if amount is None else said, f"{most:f}")
    return amount


def _value(machine: Machine, frame: Frame, what: str, chosen: Expression, known: Names | None) -> Any:
    return machine.evaluate(frame, what.replace(" ", "_"), chosen, known, closed=known is not None)


def _invalid(frame: Frame, what: str, said: str, too_much: str | None, wanted: object, allowed: object) -> FlowFailed:
    """`too_much`: more than this."""
    least = "must not be less than 0s" if what.startswith(WAITS) else "must be more than 0"
    words = f"{too_much} is the most" if too_much is not None else least
    message = f"{_WORDS.get(what, f'`{what}`')} is {said} here, and {words}"
    details = {"limit": what.removeprefix("budget "), "allowed": allowed, "wanted": wanted}
    return FlowFailed(Failure(INVALID_LIMIT, message, frame.path, details))


WAITS = ("sleep", "after")
_WORDS = {f"budget {unit}": f"a budget in {unit}" for unit in ("usd", "tokens", "calls", "turns", "iterations")} | {
    "budget time": "the time of a budget"
}
