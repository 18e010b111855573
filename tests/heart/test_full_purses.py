"""Steps that wait at a full purse: what happens when they get what they need, and when they are cancelled meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.payloads import Price
from interpreter.simulation.simulation import Switches
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import Ended, play

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
TOOLS = """edition 1
tool look(x: text) -> text read {{ errors Gone }}
tool keep(x: text) -> text write keyed {{ compensate drop(x: x) }}
tool other(x: text) -> text write keyed {{ compensate drop(x: x) }}
tool drop(x: text) idempotent
flow below() -> text budget 2 calls {{
  step a = look(x: "below")
  if a == "more" {{ step look(x: a) }}
  return a
}}
flow kept() budget 1 calls {{ step keep(x: "3") }}
flow main() budget {calls} calls {{
  {body}
}}
"""
THREE_KEPT = 'branch b { step keep(x: "1") step keep(x: "2") step keep(x: "3") }'


def tools(body: str, calls: int = 4, **given: Any) -> Ended:
    plans: dict[str, list[Planned]] = {
        "look": [Returns("enough", 5.0)],
        "keep": [Returns("k", 1.0)],
        "other": [Returns("o", 1.0)],
        "drop": [Returns(None, 0.0)],
    }
    return play(TOOLS.format(body=body, calls=calls), plans | given.pop("plans", {}), **given)


def dropped(ended: Ended) -> list[str]:
    """The arguments of what was undone, in its order."""
    return [call.arguments["x"] for call in ended.run.simulation.world.calls if call.name == "drop"]


@SWITCHES
def test_a_tool_that_waits_for_a_call_is_called_when_one_is_given_back(switches: Switches) -> None:
    ended = tools(f"parallel {{ step below() {THREE_KEPT} }}", switches=switches)
    assert ended.outcome == "completed"
    assert ended.times("keep") == [0.0, 1.0, 5.0]
    assert ended.spent == (0, 4)
    assert [note.kind for note in ended.run.state.notes if note.path.endswith("keep#3")] == ["started", "completed"]


def test_a_tool_that_waits_for_a_call_in_vain_fails_and_is_not_called() -> None:
    more: list[Planned] = [Returns("more", 5.0)]
    ended = tools(f"parallel {{ step below() {THREE_KEPT} }}", plans={"look": more})
    assert ended.failure.kind == BUDGET_EXCEEDED
    assert ended.times("keep") == [0.0, 1.0]
    assert dropped(ended) == ["2", "1"]


@SWITCHES
def test_what_waited_is_undone_as_of_when_it_really_began(switches: Switches) -> None:
    """The third `keep` is entered at 2, before `other` at 4, and called at 5, after it."""
    full = f"branch a {{ budget 4 calls {{ parallel {{ step below() {THREE_KEPT} }} }} }}"
    slow = 'branch c { sleep 4s step other(x: "other") }'
    ended = tools(f'parallel {{ {full} {slow} }} fail "x"', calls=9, switches=switches)
    assert (ended.times("keep"), ended.times("other")) == ([0.0, 1.0, 5.0], [4.0])
    assert dropped(ended) == ["3", "other", "2", "1"]


@SWITCHES
def test_what_a_flow_did_that_waited_is_undone_as_of_when_it_really_began(switches: Switches) -> None:
    """`kept` is entered at 2, before `other` at 4, and starts at 5, after it."""
    two = 'branch b { step keep(x: "1") step keep(x: "2") step kept() }'
    full = f"branch a {{ budget 4 calls {{ parallel {{ step below() {two} }} }} }}"
    slow = 'branch c { sleep 4s step other(x: "other") }'
    ended = tools(f'parallel {{ {full} {slow} }} fail "x"', calls=9, switches=switches)
    assert (ended.times("keep"), ended.times("other")) == ([0.0, 1.0, 5.0], [4.0])
    assert dropped(ended) == ["3", "other", "2", "1"]


PAID = """edition 1
tool keep(x: text) -> text write keyed { costs 0.10 usd compensate drop(x: x) }
tool other(x: text) -> text write keyed { compensate drop(x: x) }
tool drop(x: text) idempotent
flow below() -> text budget 0.15 usd { step a = keep(x: "below") return a }
flow main() budget 0.20 usd {
  parallel { step keep(x: "kept") step below() branch c { sleep 500ms step other(x: "other") } }
  fail "x"
}
"""


@SWITCHES
def test_a_tool_that_waits_for_money_is_undone_as_of_when_it_really_began(switches: Switches) -> None:
    """The flow gets what there is before the call does, which is made when that is over, after `other`."""
    plans: dict[str, list[Planned]] = {
        "keep": [Returns("k", 1.0)],
        "other": [Returns("o", 0.1)],
        "drop": [Returns(None, 0.0)],
    }
    ended = play(PAID, plans, switches=switches)
    assert (ended.times("keep"), ended.times("other")) == ([0.0, 1.0], [0.5])
    assert dropped(ended) == ["kept", "other", "below"]


@SWITCHES
def test_a_tool_that_is_cancelled_while_it_waits_is_never_called(switches: Switches) -> None:
    ended = tools(f"parallel {{ step below() {THREE_KEPT} }}", cancel_at=3.0, switches=switches)
    assert ended.outcome == "cancelled"
    assert ended.times("keep") == [0.0, 1.0]
    assert ended.times("drop") == [3.0, 3.0]
    assert ended.spent == (0, 3)


@SWITCHES
def test_a_tool_that_is_cancelled_while_it_waits_leaves_the_queue(switches: Switches) -> None:
    """`keep` waits first, and is cancelled at 3 because what stands beside it fails; `other` gets what comes at 5."""
    head = 'try { parallel { step look(x: "") branch w { sleep 1s step keep(x: "head") } } } on error { }'
    late = 'sleep 2s step other(x: "late")'
    body = f'parallel {{ step below() step keep(x: "1") branch c {{ {head} }} branch d {{ {late} }} }}'
    gone: list[Planned] = [Fails("Gone", seconds=3.0), Returns("enough", 5.0)]
    ended = tools(body, plans={"look": gone}, switches=switches)
    assert ended.outcome == "completed"
    assert (ended.times("keep"), ended.times("other")) == ([0.0], [5.0])


MODELS = """edition 1
agent ask(x: text) -> text {{ model "m" prompt "{{{{ x }}}}" budget 90k tokens }}
tool look(x: text) -> text read {{ errors Gone }}
flow fifty(x: text) -> text budget 50k tokens {{ step a = ask(x: x) return a }}
flow forty() -> text budget 40k tokens {{ step a = ask(x: "40") return a }}
flow ninety() -> text budget 90k tokens {{ step a = ask(x: "90") return a }}
flow thirty() -> text budget 30k tokens {{ step a = ask(x: "30") return a }}
flow main() {budget} {{
  {body}
}}
"""
ANSWER = Returns({"value": "a"}, 5.0, input_tokens=1_000, output_tokens=1_000)


def models(body: str, budget: str, **given: Any) -> Ended:
    plans: dict[str, list[Planned]] = {"ask": [ANSWER], "look": [Fails("Gone", seconds=7.0)]}
    return play(MODELS.format(body=body, budget=budget), plans | given.pop("plans", {}), **given)


@SWITCHES
def test_a_flow_that_waits_for_tokens_starts_when_they_are_given_back(switches: Switches) -> None:
    body = 'parallel { step a = fifty(x: "a") step b = fifty(x: "b") step c = fifty(x: "c") }'
    ended = models(body, "budget 60k tokens", switches=switches)
    assert ended.outcome == "completed"
    assert ended.times("ask") == [0.0, 5.0, 10.0]
    assert ended.spent == (6_000, 3)


@SWITCHES
def test_a_flow_that_is_cancelled_while_it_waits_never_starts(switches: Switches) -> None:
    body = 'parallel { step a = fifty(x: "a") step b = fifty(x: "b") }'
    ended = models(body, "budget 60k tokens", cancel_at=3.0, switches=switches)
    assert ended.outcome == "cancelled"
    assert ended.times("ask") == [0.0]
    assert [note.path for note in ended.run.state.notes if note.kind == "started"] == ["main", "main/parallel#1/a"]


@SWITCHES
def test_who_is_cancelled_at_the_head_of_the_queue_lets_the_next_one_start(switches: Switches) -> None:
    """`ninety` waits first, and is cancelled at 7 because what stands beside it fails; `thirty` fits from 5 on."""
    head = 'try { parallel { step n = ninety() step look(x: "") } } on error { }'
    late = "sleep 1s step d = thirty()"
    body = f'parallel {{ step a = fifty(x: "a") step b = forty() branch c {{ {head} }} branch d {{ {late} }} }}'
    slow = Returns({"value": "a"}, 60.0, input_tokens=1_000, output_tokens=1_000)
    ended = models(body, "budget 100k tokens", plans={"ask": [ANSWER, slow, ANSWER]}, switches=switches)
    assert ended.outcome == "completed"
    assert ended.times("ask") == [0.0, 0.0, 7.0]


PRICES = {"m": Price("0.00001", "0.00001")}


@SWITCHES
def test_a_child_gets_no_more_money_than_is_left(switches: Switches) -> None:
    """Of 60 cents `fifty` may spend 50 each time. Two answers leave a tenth of a cent for the third."""
    answers: list[Planned] = [
        Returns({"value": "a"}, 5.0, input_tokens=20_000, output_tokens=25_000),
        Returns({"value": "a"}, 5.0, input_tokens=4_900, output_tokens=10_000),
    ]
    body = 'step a = fifty(x: "a") step b = fifty(x: "b") step c = fifty(x: "c")'
    ended = models(body, "budget 0.60 usd", plans={"ask": answers}, prices=PRICES, switches=switches)
    assert ended.times("ask") == [0.0, 5.0]
    assert (ended.failure.kind, ended.failure.path) == (BUDGET_EXCEEDED, "main/c")
    assert (ended.failure.details["limit"], ended.failure.details["allowed"]) == ("usd", "0.001")


@SWITCHES
def test_children_side_by_side_do_not_share_one_lease_of_money(switches: Switches) -> None:
    """Each may spend 50 cents of 60, so one waits for the other."""
    body = 'parallel { step a = fifty(x: "a") step b = fifty(x: "b") }'
    ended = models(body, "budget 0.60 usd", prices=PRICES, switches=switches)
    assert ended.outcome == "completed"
    assert ended.times("ask") == [0.0, 5.0]


def test_who_has_overspent_asks_no_more() -> None:
    """The first answer costs more than was reserved for it, and than there is: that is owed, and nothing is left."""
    answer = Returns({"value": "a"}, 5.0, input_tokens=1_000, output_tokens=80_000)
    body = 'step a = ask(x: "a") step b = ask(x: "b")'
    ended = models(body, "budget 0.60 usd", plans={"ask": [answer]}, prices=PRICES)
    assert ended.times("ask") == [0.0]
    assert (ended.failure.kind, ended.failure.details["limit"]) == (BUDGET_EXCEEDED, "usd")
    assert Decimal(ended.failure.details["spent"]) == Decimal("0.81")
