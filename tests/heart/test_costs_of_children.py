"""What a child was charged stands once where its parent says what was spent, and nothing that was made up."""

from decimal import Decimal

import pytest

from interpreter.boundary.costs import Cost
from interpreter.boundary.payloads import ChildReport
from interpreter.core import costs
from interpreter.core.state import Amount, State

ROW = Cost("below", "below/a", "ask", "m", "2026-11-27", "0.2", 20, attempts=1)


@pytest.mark.parametrize(
    ("rows", "rehearsal", "expected"),
    [
        ([ROW], False, {"below/a": ("0.2", 20), "": ("0.3", 30)}),
        ([], False, {"": ("0.5", 50)}),
        ([ROW], True, {"below/a": ("0.2", 20)}),
        ([], True, {}),
    ],
)
def test_what_it_did_not_say_is_a_row_of_its_own(
    rows: list[Cost], rehearsal: bool, expected: dict[str, tuple[str, int]]
) -> None:
    state = State("main", "hash", "run")
    report = ChildReport("", "completed", costs=rows, rehearsal=rehearsal)
    costs.adopt(state, "below", report, Amount(Decimal("0.5"), 50, 1))
    assert {row.step: (row.usd, row.tokens) for row in state.costs.values()} == expected
