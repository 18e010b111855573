"""Caps over runs through the command: from `steadflow.toml` to what is refused, and how the books stand."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Dsl
from tests.live.played_model import PlayedModel, Says, played_model

pytestmark = pytest.mark.slow

FLOW = """edition 1
agent ask() -> text { model "m1" prompt "Go on." answer at most 100 tokens }
flow main() -> text { step a = ask() return a }
"""
CAPS = """
[models.m1]
input = 1000
output = 1000

[caps.each-of-us]
requester = "*"
usd = 0.5
tokens = 10_000
"""


@pytest.fixture
def model(dsl: Dsl) -> Iterator[PlayedModel]:
    (dsl.folder / "capped.flow").write_text(FLOW)
    (dsl.folder / "steadflow.toml").write_text(CAPS)
    with played_model() as model:
        model.plans = {"m1": [Says('{"value": "yes"}', 50, 100)]}
        dsl.environment |= model.environment
        yield model


def test_each_has_a_cap_of_their_own(dsl: Dsl, model: PlayedModel) -> None:
    """An answer costs 15 cents, and 25 or so are set aside for it: two fit, and a third does not."""

    def run(who: str) -> int:
        return dsl("run", "capped.flow", "--requester", who).code

    assert [run("ann"), run("ann"), run("bob")] == [0, 0, 0]
    refused = dsl("run", "capped.flow", "--requester", "ann")
    assert refused.code == 1
    assert "the cap `each-of-us` is 0.5 usd; 0.3 are spent, and this call needs up to" in refused.err
    assert "it begins anew at" in refused.err
    assert len(model.asked["m1"]) == 3
    books = dsl.here("caps", "--json").json
    mine = [(each["usd"], each["most_usd"], each["set_aside_tokens"]) for each in books if each["cap"] == "each-of-us"]
    assert sorted(mine) == [("0.15", "0.5", 0), ("0.3", "0.5", 0)]
    assert "0.3 of 0.5" in dsl.here("caps").out
    spent = dsl.here("costs", "--by", "requester", "--by", "agent", "--json").json["rows"]
    assert {(row["requester"], row["agent"], row["usd"]) for row in spent} >= {
        ("ann", "ask", "0.3"),
        ("bob", "ask", "0.15"),
    }
    table = dsl.here("costs", "--by", "model", "--csv").out
    assert table.splitlines()[0] == "model,usd,tokens,tokens_without_price,charged,runs"
    assert "REQUESTER" in dsl.here("costs", "--by", "requester", "--since", "7d").out
    assert dsl.here("costs", "--since", "yesterday").code == 2
    assert (dsl("run", "capped.flow", "--requester", "ann", "--rehearse").code, dsl.here("caps").code) == (0, 0)
