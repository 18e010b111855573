"""Random agents with tools, in turns, side by side, behind gates, told this and that, with retries, lost workers and
runs that continue as new: no budget and no cap over runs is exceeded at any step, and what the provider has counted is
never more than what was charged.

`watched` holds each step against the caps. The provider's journal is its own book: it counts attempts whose answer
never came, too.
"""

import random
from decimal import Decimal
from functools import partial
from itertools import count

import pytest

from dsl.definition.definition import Definition
from interpreter.boundary.caps import Cap
from interpreter.core.purses import total
from interpreter.core.state import Amount
from interpreter.simulation.simulation import SimulatedRun, Switches
from tests.heart.agent_flows import PRICES, some_agent_flow
from tests.heart.agent_outside import AgentOutside, Journal
from tests.heart.effects import check_effects
from tests.heart.watched import Watched, definition_of, seen

FLOWS, WORLDS, SOAK = 5, 7, 3000
SMALL = [Cap("small", "books/small", usd="0.02")]
LARGE = [Cap("some", "books/some", tokens=20_000, models=["gpt-4o"], waits=True), Cap("large", "books/large", usd="2")]


def agent_flows(number: int, first: int = 0) -> list[tuple[int, Definition]]:
    found: list[tuple[int, Definition]] = []
    for seed in count(first):
        definition = definition_of(some_agent_flow(seed))
        if definition is not None:
            found.append((seed, definition))
        if len(found) == number:
            break
    return found


def watch(definition: Definition, seed: str, switches: Switches) -> tuple[Watched, Journal, SimulatedRun]:
    journal = Journal(PRICES)
    outside, chance = AgentOutside(seed, journal), random.Random(seed)
    cancel_at = chance.choice([None, None, chance.randint(0, 60)])
    away = chance.uniform(0, 10)
    gap = chance.choice([None, None, (away, away + chance.choice([2.0, 30.0]))])
    speak = partial(_speak, outside)
    bound = chance.choice([[], SMALL, LARGE, [*SMALL, *LARGE]])
    beside = chance.choice([0, 0, 2]) if bound else 0
    watched = Watched(definition, outside, switches, cancel_at, gap, speak, PRICES, bound, beside)
    run = watched.run()
    assert run.finish is not None, f"seed {seed}: the run stopped with {list(run.state.pending)}"
    return watched, journal, run


def _speak(outside: AgentOutside, _: Watched, run: SimulatedRun) -> None:
    outside.speak(run)


def check(definition: Definition, seed: str) -> Journal:
    watched, journal, run = watch(definition, seed, Switches())
    assert not any(note.kind == "overspent" for each in watched.runs.values() for note in each.state.notes)
    charged = charged_in(watched)
    assert journal.tokens <= charged.tokens, f"seed {seed}: the provider has counted more tokens"
    assert journal.usd <= charged.usd, f"seed {seed}: the provider has counted more usd"
    check_effects(watched)
    check_charged(watched, run, journal)
    for switches in (Switches(through_json=True), Switches(continue_often=True)):
        again, same, travelled = watch(definition, seed, switches)
        assert (seen(again, travelled), same) == (seen(watched, run), journal), f"seed {seed}"
    return journal


def charged_in(watched: Watched) -> Amount:
    """In all runs that nobody else has started."""
    tops = [total(run.state) for run in watched.runs.values() if run.parent is None]
    return Amount(sum((top.usd for top in tops), Decimal(0)), sum(top.tokens for top in tops))


def check_charged(watched: Watched, run: SimulatedRun, journal: Journal) -> None:
    """What calls have cost stands in the book of each cap under which all count, and nothing is left set aside."""
    books = run.simulation.books
    for name, book in books.items():
        assert not book.open, f"{name}: {list(book.open)} is left"
    for cap in watched.caps:
        spent = [book.spent.usd for name, book in books.items() if name.startswith(f"{cap.book}/")]
        if cap.models is None:
            assert journal.usd <= sum(spent, Decimal(0)) <= charged_in(watched).usd, f"{cap.name}: {spent}"


def test_no_cap_is_exceeded_and_nothing_is_counted_that_is_not_charged() -> None:
    journals = [check(each, f"{seed}.{world}") for seed, each in agent_flows(FLOWS) for world in range(WORLDS)]
    assert sum(journal.calls for journal in journals) > FLOWS * WORLDS
    assert sum(journal.attempts for journal in journals) > FLOWS * WORLDS


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_random_agents() -> None:
    for seed, definition in agent_flows(SOAK, 10_000):
        for world in range(WORLDS):
            check(definition, f"{seed}.{world}")
