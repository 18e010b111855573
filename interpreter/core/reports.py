"""What a run tells of its end: to its parent, and to all who ask for its result. Made here once, for every driver.

Whatever the end, the report carries the ledger, what was spent, and whether something in it was made up.
"""

from dataclasses import replace

from dsl.expressions.wire import to_wire
from interpreter.boundary.payloads import ChildReport, RunResult
from interpreter.core import heard_of_models, ledger, purses
from interpreter.core.machine import ROOT
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import encode
from interpreter.core.staging import is_staged
from interpreter.core.state import Amount, State


def completed(state: State, value: object) -> ChildReport:
    report = _report(state, "completed")
    assert report.spent is not None
    assert report.ledger is not None
    report.result = RunResult(to_wire(value), report.spent, state.rehearsal, is_staged(state), report.ledger)
    report.result.heard, report.result.costs = report.heard, report.costs
    return report


def failed(state: State, failure: Failure) -> ChildReport:
    return replace(_report(state, "failed"), failure=encode(failure))


def cancelled(state: State) -> ChildReport:
    return _report(state, "cancelled")


def lost(state: State) -> ChildReport:
    """Of a run that did not end by itself, from how it stood: for who finds it to say why.

    What was under way is uncertain, and what it held of its budget may have been spent.
    """
    spent = purses.total(state)
    held = state.purses[ROOT].reserved if ROOT in state.purses else Amount()
    total = Amount(spent.usd + held.usd, spent.tokens + held.tokens, spent.calls + held.calls)
    return replace(_report(state, "lost"), spent=purses.as_spent(total))


def _report(state: State, outcome: str) -> ChildReport:
    spent, entries = purses.as_spent(purses.total(state)), ledger.hand_over(state)
    heard = heard_of_models.so_far(state)
    costs = list(state.costs.values())
    return ChildReport("", outcome, spent=spent, ledger=entries, rehearsal=state.rehearsal, heard=heard, costs=costs)


def in_doubt(report: ChildReport) -> int:
    """How many effects it leaves behind of which nobody knows, or which could not be undone."""
    return sum(entry.get("state") in ("uncertain", "undo_failed") for entry in report.ledger or ())
