"""Batches of questions: who leaves one takes nobody along, one that nobody waits in is given up, and what is asked of
the provider later names the batch that it made.
"""

import json
from itertools import pairwise
from typing import Any

import pytest

from interpreter.boundary import failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.core import policies
from interpreter.core.constructs.batch import MOST_LOST_LOOKS
from interpreter.simulation.batches import Batches, BatchPlan
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Returns, World
from tests.heart.watched import check_nothing_left, definition_of

FLOW = """edition 1
agent first(x: text) -> text {{ model "m" prompt "{{{{ x }}}}" answer at most 10 tokens batch within 6h }}
agent other(x: text) -> text {{ model "n" prompt "{{{{ x }}}}" answer at most 10 tokens batch within 6h }}
tool look(x: text) -> text read {{ timeout 1h }}
flow main() -> [text] at most 9 {{
  parallel for x in {items} as all keep going {{ {body} }}
  return [if each.value != null then each.value else "none" for each in all]
}}
"""
ASKED = "step said = first(x: x) yield said"
BOUNDED = """
    var said: text = "late"
    budget 10s {{ step word = {agent}(x: x) set said = word }} on exhausted {{ {late} }}
    yield said
"""


class Provider(Batches):
    """Keeps what it was asked, and when; each call goes as the next plan says, of which the last is for ever."""

    def __init__(self, plans: list[BatchPlan]) -> None:
        super().__init__([BatchPlan()])
        self.each, self.heard, self.times = plans, list[BatchRequest](), list[float]()
        self.clock: Simulation | None = None

    def told(self, request: BatchRequest, answer: Any) -> BatchReply | BatchPlan:
        assert self.clock is not None
        self.heard.append(request)
        self.times.append(self.clock.now)
        plan = self.each[min(len(self.heard), len(self.each)) - 1]
        if plan.fails:
            return plan
        self.plans = [plan]
        return super().told(request, answer)

    def pauses(self) -> list[float]:
        """Between what came of a call, a tenth of a second later, and the next."""
        return [round(later - earlier - 0.1, 3) for earlier, later in pairwise(self.times)]


def slow(looks: int, **more: Any) -> BatchPlan:
    return BatchPlan(looks=looks, **more)


def run(
    body: str, plans: BatchPlan | list[BatchPlan], *, look: float = 1.0, items: str = "ab"
) -> tuple[SimulatedRun, Provider]:
    definition = definition_of(FLOW.format(body=body, items=json.dumps(list(items))))
    assert definition is not None
    provider = Provider(plans if isinstance(plans, list) else [plans])
    agents = dict.fromkeys(("first", "other"), lambda request: Returns(request.prompt.upper()))
    world = World({"look": lambda command: Returns("seen", look)}, agents, batches=provider)
    found = provider.clock = Simulation(definition, world)
    ended = found.run({})
    found.go()
    return ended, provider


def value_of(ended: SimulatedRun) -> Any:
    assert ended.finish is not None
    check_nothing_left(ended.state)
    return ended.finish.value


def calls_of(ended: SimulatedRun) -> int:
    assert ended.finish is not None
    assert ended.finish.report.spent is not None
    return ended.finish.report.spent.calls


def sent(provider: Provider) -> list[tuple[str, str, list[str]]]:
    return [(each.what, each.model, [asked.prompt or "" for asked in each.requests]) for each in provider.heard]


def test_who_leaves_takes_nobody_along_who_waits_in_another_batch() -> None:
    """A batch of each model collects; `b` leaves its own, and `a` is asked in the other, when all but it wait."""
    leaves = BOUNDED.format(agent="other", late="step seen = look(x: x)")
    ended, provider = run(f'if x == "b" {{ {leaves} }} else {{ {ASKED} }}', slow(2), look=600.0)
    assert value_of(ended) == ["A", "late"]
    assert sent(provider)[-3:] == [("submit", "m", ["a"]), ("look", "m", []), ("look", "m", [])]


@pytest.mark.parametrize(("look", "asked_at"), [(30.0, 40.0), (300.0, 60.0)])
def test_an_item_whose_question_has_left_is_busy_and_waits_no_more(look: float, asked_at: float) -> None:
    """`b` and `c` wait for `a`, whose question has left after ten seconds; though not for more than a minute."""
    leaves = BOUNDED.format(agent="first", late="step seen = look(x: x)")
    body = f'if x == "a" {{ {leaves} }} else {{ if x == "c" {{ sleep 20s }} {ASKED} }}'
    ended, provider = run(body, slow(0), look=look, items="abc")
    assert value_of(ended) == ["late", "B", "C"]
    assert (provider.times, sent(provider)) == ([START + asked_at], [("submit", "m", ["b", "c"])])


@pytest.mark.parametrize("agent", ["first", "other"])
def test_who_leaves_one_that_collects_was_not_sent_and_costs_nothing(agent: str) -> None:
    """`c` is busy elsewhere for a while, so the batch of `a` collects until nobody waits in it."""
    body = f"""
        if x == "a" {{ {BOUNDED.format(agent=agent, late="")} }} else {{ step seen = look(x: x) {ASKED} }}
    """
    ended, provider = run(body, slow(1), look=30.0)
    assert value_of(ended) == ["late", "B"]
    assert sent(provider) == [("submit", "m", ["b"]), ("look", "m", [])]
    assert calls_of(ended) == 2, "one question, and one call of a tool"


def test_who_leaves_one_that_was_sent_pays_for_its_answer_and_the_provider_hears_when_nobody_waits() -> None:
    ended, provider = run(BOUNDED.format(agent="first", late=""), slow(1_000))
    assert value_of(ended) == ["late", "late"]
    assert [(each.what, each.batch) for each in provider.heard] == [("submit", ""), ("look", "b-1"), ("cancel", "b-1")]
    assert calls_of(ended) == 2


def test_each_later_call_names_the_batch_that_was_made() -> None:
    ended, provider = run(ASKED, slow(3))
    assert value_of(ended) == ["A", "B"]
    assert [each.batch for each in provider.heard] == ["", "b-1", "b-1", "b-1"]
    assert [each.attempt for each in provider.heard] == [1] * 4


# -- failures of a call about it


def test_a_worker_that_can_ask_no_model_is_no_attempt_and_another_is_waited_for() -> None:
    ended, provider = run(ASKED, [slow(0, fails=failures.NO_PROVIDER)] * 8 + [slow(0)])
    assert value_of(ended) == ["A", "B"]
    assert len({each.key for each in provider.heard}) == 1
    waits = [policies.misfit_delay(each) / 1000 for each in range(1, 9)]
    assert provider.pauses() == pytest.approx(waits, abs=0.01)


def test_what_cannot_be_sent_is_tried_a_few_times_and_then_each_question_decides() -> None:
    ended, provider = run(ASKED, [slow(0, fails=failures.CONNECTION_FAILED)] * 8 + [slow(0)])
    assert value_of(ended) == ["A", "B"], "each asks again, in the next batch"
    keys = [each.key for each in provider.heard]
    assert [keys.count(key) for key in dict.fromkeys(keys)] == [5, 4]


@pytest.mark.parametrize(
    ("kind", "looks"),
    [(failures.CONNECTION_FAILED, MOST_LOST_LOOKS), (failures.AUTHENTICATION, 1), (failures.INVALID_REQUEST, 1)],
)
def test_a_batch_is_looked_at_again_unless_no_look_can_help(kind: str, looks: int) -> None:
    ended, provider = run(ASKED, [slow(1), slow(1, fails=kind)])
    assert value_of(ended) == ["none", "none"]
    of_the_first = [each.what for each in provider.heard if each.key == provider.heard[0].key]
    assert of_the_first == ["submit", *["look"] * looks]


def test_looks_that_failed_in_a_row_are_counted_and_those_before_a_good_one_are_not() -> None:
    lost = slow(9, fails=failures.CONNECTION_FAILED)
    plans = [slow(9), *[lost] * (MOST_LOST_LOOKS - 1), slow(9), *[lost] * (MOST_LOST_LOOKS - 1), slow(0)]
    ended, provider = run(ASKED, plans)
    assert value_of(ended) == ["A", "B"]
    assert provider.pauses()[1:7] == [10.0, 20.0, 40.0, 80.0, 160.0, 300.0]
