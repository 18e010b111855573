"""What a child spent and did reaches its parent, whatever its end."""

import pytest

from interpreter.core.commands import Finish
from interpreter.simulation.simulation import Switches
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import play

FLOW = """edition 1
agent ask(x: text) -> text {{ model "m" prompt "{{{{ x }}}}" }}
tool look(x: text) -> text read {{ errors Gone }}
tool keep(x: text) -> text write keyed {{ compensate drop(x: x) }}
tool drop(x: text) idempotent
flow below(x: text) -> text {child} {{
  step a = ask(x: x)
  step k = keep(x: x)
  step b = look(x: "slow")
  return a
}}
flow main() -> text {budget} {{
  {body}
}}
"""
SIDE_BY_SIDE = """
  try { parallel { step c = below(x: "a") step g = look(x: "beside") } }
  on error e { return "{{ e.kind }}" }
  return "both"
"""
ALONE = 'step c = below(x: "a") return c'
ANSWER = Returns({"value": "yes"}, 1.0, input_tokens=7, output_tokens=30)
BUDGET, CHILD = "budget 1h, 9 calls, 50k tokens", "budget 4 calls, 20k tokens"
SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])


def plans(**changes: list[Planned]) -> dict[str, list[Planned]]:
    slow: list[Planned] = [Returns("late", 60.0)]
    return {"ask": [ANSWER], "look": slow, "keep": [Returns("kept")], "drop": [Returns()]} | changes


def flow(body: str, *, limited: bool) -> str:
    return FLOW.format(body=body, budget=BUDGET if limited else "budget 1h", child=CHILD if limited else "")


@pytest.mark.parametrize("limited", [True, False], ids=["with a lease", "without"])
@SWITCHES
def test_a_child_that_a_failing_sibling_cancelled_is_charged_what_it_spent(limited: bool, switches: Switches) -> None:
    gone: list[Planned] = [Fails("Gone", "gone", "answered", 5.0), Returns("late", 60.0)]
    ended = play(flow(SIDE_BY_SIDE, limited=limited), plans(look=gone), switches=switches)
    assert ended.value == "Gone"
    assert ended.spent == (37, 4)  # the model, `keep`, and `look` in both
    assert ended.times("drop") == [5.0]


@pytest.mark.parametrize("limited", [True, False], ids=["with a lease", "without"])
@SWITCHES
def test_a_run_that_is_cancelled_tells_what_its_child_spent(limited: bool, switches: Switches) -> None:
    ended = play(flow(ALONE, limited=limited), plans(), switches=switches, cancel_at=5.0)
    assert ended.outcome == "cancelled"
    assert ended.spent == (37, 3)


@SWITCHES
def test_a_child_that_failed_is_charged_what_it_spent(switches: Switches) -> None:
    gone: list[Planned] = [Fails("Gone", "gone", "answered", 5.0)]
    ended = play(flow(ALONE, limited=True), plans(look=gone), switches=switches)
    assert ended.failure.kind == "Gone"
    assert ended.spent == (37, 3)


def test_a_child_that_ends_in_the_moment_of_a_cancel_has_ended() -> None:
    ended = play(flow(ALONE, limited=True), plans(look=[Returns("soon", 3.9)]), cancel_at=5.0)
    assert ended.run.state.now == 1_800_000_005.0
    assert ended.value == "yes"
    assert type(ended.run.finish) is Finish
