"""What was spent where: for each step, by what it calls and on which day. It is for people; nothing is decided by it.

Each charge of the run's own stands in one row. A child hands its rows over with its report, so those of a run are all
that was charged in it and below, each once; what a child was charged beside them, because nobody can say how it ended,
is a row without a name. A detached run stands for itself: what its parent was charged for it is marked.

The rows of a run that goes on for months are kept few: those of the longest ago lose their days.
"""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from interpreter.boundary.costs import Cost
from interpreter.boundary.payloads import ChildReport
from interpreter.core.machine import Machine
from interpreter.core.state import Amount, Frame, State

MOST_ROWS = 300


def charged(machine: Machine, frame: Frame, spent: Amount) -> None:
    """The call of the frame was charged."""
    bought = machine.table[frame.kind].buys(frame)
    if bought is None or not (spent.usd or spent.tokens):
        return
    name, model = bought
    unpriced = spent.tokens if model and machine.state.prices.get(model) is None else 0
    row = Cost(machine.state.flow, frame.address, name, model, _day(machine.state))
    _add(machine.state, row, spent.usd, spent.tokens, unpriced, 1)


def adopt(state: State, flow: str, report: ChildReport, charged: Amount) -> None:
    """A child has ended, and was charged so much here. What was made up in it is charged, and has cost nothing."""
    usd, tokens = charged.usd, charged.tokens
    for cost in report.costs:
        usd, tokens = usd - Decimal(cost.usd), tokens - cost.tokens
        _add(state, cost, Decimal(cost.usd), cost.tokens, cost.unpriced, cost.attempts)
    if not report.rehearsal and (usd > 0 or tokens > 0):
        _add(state, Cost(flow, day=_day(state)), max(usd, Decimal(0)), max(tokens, 0), 0, 0)


def detached(state: State, flow: str, lent: Amount) -> None:
    """A run has started that stands for itself, and was charged what it may spend."""
    if lent.usd or lent.tokens:
        _add(state, Cost(flow, day=_day(state), detached=True), lent.usd, lent.tokens, 0, 0)


def _add(state: State, row: Cost, usd: Decimal, tokens: int, unpriced: int, attempts: int) -> None:
    key = _key(row)
    before = state.costs.get(key) or replace(row, usd="0", tokens=0, unpriced=0, attempts=0)
    state.costs[key] = replace(
        before,
        usd=format((Decimal(before.usd) + usd).normalize(), "f"),
        tokens=before.tokens + tokens,
        unpriced=before.unpriced + unpriced,
        attempts=before.attempts + attempts,
    )
    if len(state.costs) > MOST_ROWS:
        _forget_a_day(state)


def _forget_a_day(state: State) -> None:
    """Of the oldest."""
    days = sorted({row.day for row in state.costs.values() if row.day})
    if len(days) < 2:
        return
    for key in [key for key, row in state.costs.items() if row.day == days[0]]:
        row = state.costs.pop(key)
        _add(state, replace(row, day=""), Decimal(row.usd), row.tokens, row.unpriced, row.attempts)


def _key(row: Cost) -> str:
    return f"{row.day}|{row.flow}|{row.step}|{row.name}|{row.model}|{row.detached}"


def _day(state: State) -> str:
    return datetime.fromtimestamp(state.now, UTC).strftime("%Y-%m-%d")
