"""What a run tells of its end: to its parent, and to all who ask for its result. Made here once, for every driver.

Whatever the end, the report carries the ledger and what was spent.
"""

from dsl.expressions.wire import to_wire
from interpreter.boundary.payloads import ChildReport, RunResult
from interpreter.core import ledger, purses
from interpreter.core.machine import ROOT
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import encode
from interpreter.core.state import Amount, State


def completed(state: State, value: object) -> ChildReport:
    spent, entries = purses.as_spent(purses.total(state)), ledger.hand_over(state)
    return ChildReport(
        "", "completed", RunResult(to_wire(value), spent, state.rehearsal, entries), None, spent, entries
    )


def failed(state: State, failure: Failure) -> ChildReport:
    return ChildReport(
        "", "failed", None, encode(failure), purses.as_spent(purses.total(state)), ledger.hand_over(state)
    )


def cancelled(state: State) -> ChildReport:
    return ChildReport("", "cancelled", None, None, purses.as_spent(purses.total(state)), ledger.hand_over(state))


def lost(state: State) -> ChildReport:
    """Of a run that did not end by itself, from how it stood: for who finds it to say why.

    What was under way is uncertain, and what it held of its budget may have been spent.
    """
    spent = purses.total(state)
    held = state.purses[ROOT].reserved if ROOT in state.purses else Amount()
    total = Amount(spent.usd + held.usd, spent.tokens + held.tokens, spent.calls + held.calls)
    return ChildReport("", "lost", None, None, purses.as_spent(total), ledger.hand_over(state))


def in_doubt(report: ChildReport) -> int:
    """How many effects it leaves behind of which nobody knows, or which could not be undone."""
    return sum(entry.get("state") in ("uncertain", "undo_failed") for entry in report.ledger or ())
