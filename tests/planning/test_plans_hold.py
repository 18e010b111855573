"""No run comes to more than its plan says: random flows, in random worlds where calls fail, are lost or come late, and
runs are cancelled; and agents with tools, gates, flows and budgets that people raise.

`pytest -m soak tests/planning` makes many more of them.
"""

import random
from itertools import count

import pytest

from dsl.definition.definition import Definition
from dsl.planning.amounts import Amounts
from interpreter.core.commands import Command
from interpreter.core.events import Event
from interpreter.simulation.simulation import SimulatedRun
from tests.heart.agent_flows import PRICES, some_agent_flow
from tests.heart.agent_outside import AgentOutside, Journal
from tests.heart.flows import some_flow
from tests.heart.watched import Watched, definition_of
from tests.planning.counted import Counted, planned

QUICK, SLOW, SOAK = 12, 25, 3_000


class Counting(Watched):
    def run(self) -> SimulatedRun:
        self.counted = Counted()
        return super().run()

    def _step(self, run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        super()._step(run, event, commands)
        self.counted.step(self, run, event, commands)


def check(watched: Counting, plan: Amounts, told: str) -> Counted:
    run = watched.run()
    away = 0.0 if watched.gap is None else watched.gap[1] - watched.gap[0]
    assert watched.counted.fits(plan, run, away) == {}, f"seed {told}"
    return watched.counted


def some(number: int, first: int) -> list[Counted]:
    found: list[Counted] = []
    for seed in count(first):
        text = some_flow(seed)
        definition = definition_of(text)
        if definition is not None:
            found.append(check(Counting.some(definition, f"{seed}.0"), planned(text), str(seed)))
        if len(found) == number:
            break
    return found


def some_with_agents(number: int, first: int) -> list[Counted]:
    found: list[Counted] = []
    for seed in count(first):
        text = some_agent_flow(seed)
        definition = definition_of(text)
        if definition is not None:
            found.append(check(_agents(definition, f"{seed}.0"), planned(text), str(seed)))
        if len(found) == number:
            break
    return found


def _agents(definition: Definition, seed: str) -> Counting:
    cancel_at = random.Random(seed).choice([None, None, 20])
    return Counting(definition, AgentOutside(seed, Journal(PRICES)), cancel_at=cancel_at, prices=PRICES)


@pytest.mark.parametrize("number", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_no_run_comes_to_more_than_its_plan(number: int) -> None:
    counted = some(number, 0)
    assert sum(each.of["calls"] for each in counted) > 2 * number
    assert sum(each.of["timers"] for each in counted) > number


@pytest.mark.parametrize("number", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_no_run_of_agents_comes_to_more_than_its_plan(number: int) -> None:
    counted = some_with_agents(number // 2, 0)
    assert sum(each.of["requests"] for each in counted) > number // 2


def test_what_is_held_against_runs_is_a_number() -> None:
    """What has no bound holds whatever happens: so it must be rare."""
    plans = [planned(text) for text in map(some_flow, range(60)) if definition_of(text) is not None]
    for name in ("requests", "calls", "runs", "questions", "time", "back", "events", "size"):
        assert sum(getattr(plan, name) is not None for plan in plans) > 0.9 * len(plans) > 20, name


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_runs_come_to_no_more_than_their_plans() -> None:
    some(SOAK, 10_000)
    some_with_agents(SOAK // 3, 10_000)
