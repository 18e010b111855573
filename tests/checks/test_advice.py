"""What the check says to write is not what stands there already."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

GATED = """edition 1
tool send(amount: int) irreversible final
flow main(pays: [{{ amount: int }}] at most 5) budget 1d {{
  await approval ok "Pay?" {{ show pays from "leads" timeout 1h then reject }}
  if ok.approved {{ for at, pay in pays {{ step send(amount: {amount}) }} }}
}}
"""


@pytest.mark.parametrize("amount", ["at", "pay.amount * 2"])
def test_what_is_worked_out_from_the_items_of_a_shown_list_is_not_shown_by_showing_the_list(amount: str) -> None:
    (problem,) = analyse(Source("case.flow", GATED.format(amount=amount))).diagnostics
    assert problem.code == "SF501"
    assert (
        problem.help == "the list is shown, and this is worked out from its items: let each of them hold it, as a field"
    )
