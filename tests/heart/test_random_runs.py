"""Random flows in random worlds, cancelled at random steps: what must be true of every run.

`watched` holds each step against it, `effects` the end; here the same run is also made with its memory travelling.
`pytest -m soak tests/heart` makes many more of them.
"""

from typing import Any

import pytest

from dsl.definition.definition import Definition
from interpreter.simulation.simulation import Switches
from tests.heart.effects import check_effects
from tests.heart.flows import some_flow
from tests.heart.watched import Watched, definition_of, flows, seen

QUICK, SLOW, SOAK = 30, 60, 3000
PLANS = 2
TRAVELLING = (Switches(through_json=True), Switches(continue_often=True))


def outcome(definition: Definition, seed: str, switches: Switches | None = None) -> dict[str, Any]:
    watched = Watched.some(definition, seed, switches)
    run = watched.run()
    assert run.finish is not None, f"the run stopped with {list(run.state.pending)}"
    check_effects(watched)
    return seen(watched, run)


def check_many(number: int, first: int) -> dict[str, int]:
    """How many runs came to each outcome."""
    outcomes = {"completed": 0, "failed": 0, "cancelled": 0}
    for seed, definition in flows(number, first):
        for plan in range(PLANS):
            told = f"{seed}.{plan}"
            plain = outcome(definition, told)
            outcomes[plain["outcome"]] += 1
            for switches in TRAVELLING:
                assert outcome(definition, told, switches) == plain, f"seed {told}"
    return outcomes


def test_most_random_flows_pass_the_check() -> None:
    assert sum(definition_of(some_flow(seed)) is not None for seed in range(100)) > 50


@pytest.mark.parametrize("number", [QUICK, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_random_runs(number: int) -> None:
    outcomes = check_many(number, 0)
    assert all(each > number * PLANS / 20 for each in outcomes.values()), outcomes


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_random_runs() -> None:
    check_many(SOAK, 10_000)
