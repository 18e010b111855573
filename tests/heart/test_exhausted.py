"""What is done once a budget is used up draws on the budgets around it, and on their time."""

import pytest

from interpreter.core import ledger
from interpreter.core.machine import ROOT
from interpreter.simulation.simulation import Switches
from interpreter.simulation.world import Returns
from tests.heart.played import Ended, play

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
FLOW = """edition 1
tool look(x: text) -> text read {{ retry 0 times }}
flow main() -> text budget 9 calls {{
  {body} on exhausted {{ {then} }}
  step look(x: "after")
  return "on"
}}
"""
TWICE = 'step first = look(x: "1") if first != "" { step look(x: "2") }'
"""The second call depends on what the first gives: the check refuses a budget that is certain to be too small."""


def run(body: str, then: str, switches: Switches | None = None) -> Ended:
    return play(FLOW.format(body=body, then=then), {"look": [Returns("a", 1.0)]}, switches=switches)


def looked(ended: Ended) -> list[str]:
    return [call.arguments["x"] for call in ended.run.simulation.world.calls]


@SWITCHES
@pytest.mark.parametrize("body", [f"budget 1 calls {{ {TWICE} }}", f"loop budget 9 iterations, 1 calls {{ {TWICE} }}"])
def test_what_is_done_when_calls_are_used_up_may_call(body: str, switches: Switches) -> None:
    ended = run(body, 'step look(x: "then")', switches)
    assert ended.value == "on"
    assert looked(ended) == ["1", "then", "after"]
    assert list(ended.run.state.purses) == [ROOT]


@SWITCHES
@pytest.mark.parametrize("body", [f"budget 1 calls, 5s {{ {TWICE} }}", f"loop budget 5s, 1 calls {{ {TWICE} }}"])
def test_the_deadline_of_a_budget_that_is_used_up_comes_no_more(body: str, switches: Switches) -> None:
    ended = run(body, 'sleep 20s step look(x: "then")', switches)
    assert ended.value == "on"
    assert ended.times("look") == [0.0, 21.0, 22.0]


@SWITCHES
def test_a_loop_goes_round_as_often_as_its_budget_says_and_no_further(switches: Switches) -> None:
    ended = run('loop budget 2 iterations { step look(x: "round") }', 'step look(x: "then")', switches)
    assert ended.value == "on"
    assert looked(ended) == ["round", "round", "then", "after"]


@SWITCHES
def test_a_loop_that_is_used_up_and_has_nothing_for_that_ends_there(switches: Switches) -> None:
    text = FLOW.format(body='loop budget 2 iterations { step look(x: "round") }', then="return x").replace(
        " on exhausted { return x }", ""
    )
    ended = play(text, {"look": [Returns("a", 1.0)]}, switches=switches)
    assert ended.outcome == "failed"
    assert ended.failure.details == {"limit": "iterations", "allowed": 2, "spent": 2}
    assert looked(ended) == ["round", "round"]


@SWITCHES
@pytest.mark.parametrize("head", ["for each in xs", "parallel for each in xs up to 1 as done"])
def test_each_item_of_a_list_has_its_round_in_order(head: str, switches: Switches) -> None:
    body = f'let xs = ["1", "2", "3"] {head} {{ step look(x: each) }} budget 9 calls {{ }}'
    ended = run(body, "sleep 0s", switches)
    assert looked(ended) == ["1", "2", "3", "after"]


@pytest.mark.parametrize(
    ("path", "stands"),
    [("main/a", True), ("main/a/b", True), ("main/a[0]", True), ("main/ab", False), ("main", False)],
)
def test_a_place_stands_at_or_below_itself_and_not_below_one_that_begins_alike(path: str, stands: bool) -> None:
    assert ledger.below(path, "main/a") is stands
