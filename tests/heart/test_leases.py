"""What children get of the budgets around them, and whose budget it was when one has used up its own."""

import pytest

from dsl.ast.statements import Budget
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.payloads import Price
from interpreter.core import purses
from interpreter.core.commands import Command, StartChild
from interpreter.core.events import Event
from interpreter.core.machine import ROOT
from interpreter.core.state import Purse, State
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Returns, World
from tests.heart.played import play
from tests.heart.watched import definition_of


@pytest.mark.parametrize(
    ("left", "beside", "enough", "calls"),
    [
        (12, purses.Beside(3, 9), 1, 4),  # all fit together
        (11, purses.Beside(3, 0), 1, 3),
        (11, purses.Beside(3, 0), None, 4),  # nobody can say whether a share would do
        (11, purses.Beside(3, 0), 4, 4),
        (11, purses.Beside(3, 9), 1, 2),
        (11, purses.Beside(3, 11), 1, 1),
        (4, purses.ALONE, 1, 4),
        (3, purses.ALONE, 1, 3),
    ],
)
def test_a_child_gets_its_share_of_the_calls_where_all_do_not_fit(
    left: int, beside: purses.Beside, enough: int | None, calls: int
) -> None:
    state = State("main", "hash", "run")
    state.purses = {ROOT: Purse(ROOT, None, calls=left)}
    assert purses.lease(state, ROOT, Budget(calls=4), enough, beside).calls == calls


SHARED = """edition 1
agent ask(x: text) -> text { model "m" prompt "{{ x }}" }
flow below() { step ask(x: "b") }
flow main() budget 28 calls {
  parallel {
    branch a { parallel { step below() step below() } }
    branch b { parallel { step below() step below() step below() } }
  }
}
"""


def leases() -> list[int | None]:
    """The calls that were lent to each child that started at once."""
    definition = definition_of(SHARED)
    assert definition is not None
    lent: list[int | None] = []

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        if not event.at > began:
            lent.extend(command.lease.calls for command in commands if type(command) is StartChild)

    simulation = Simulation(
        definition, World(agents={"ask": lambda request: Returns({"value": "a"}, 1.0)}), watch=watch
    )
    began = simulation.now
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    return lent


def test_branches_in_branches_share_the_calls_of_all() -> None:
    """Two branches of two and of three: of 28 calls a quarter and a sixth, so nobody waits."""
    assert leases() == [7, 7, 4, 4, 4]


OWN = """edition 1
tool look(x: text) -> text read {{ retry 0 times }}
flow below() -> text {{
  budget 1 calls {{ step first = look(x: "1") if first != "" {{ step look(x: "2") }} }}
  step look(x: "3")
  step look(x: "4")
  step a = look(x: "5")
  return a
}}
flow main() -> text {{
  budget 3 calls {{
    step a = below()
    return a
  }} on exhausted {{
    return "mine"
  }}
}}
"""


def test_a_budget_inside_a_child_that_is_used_up_is_not_that_of_its_caller() -> None:
    """Though the caller has less than the child may spend."""
    ended = play(OWN.format(), {"look": [Returns("a", 0.0)]})
    assert ended.outcome == "failed"
    assert (ended.failure.kind, ended.failure.purse) == (BUDGET_EXCEEDED, None)
    assert ended.failure.details["allowed"] == 1


def test_a_child_that_has_used_up_what_it_was_lent_has_used_up_its_callers_budget() -> None:
    text = OWN.format().replace("budget 1 calls", "budget 9 calls")
    ended = play(text, {"look": [Returns("a", 0.0)]})
    assert ended.value == "mine"


def test_the_money_of_a_lease_counts_every_token_at_the_dearest_price() -> None:
    definition = definition_of(SHARED.replace("flow below() {", "flow below() budget 1k tokens {"))
    assert definition is not None
    state = State("main", "hash", "run")
    for dear in ("input", "output", "cached", "cache_write"):
        rates = dict.fromkeys(("input", "output", "cached", "cache_write"), "0.001") | {dear: "0.004"}
        state.prices = {"m": Price(**rates)}
        assert purses.bound_of(state, definition.flows["below"], ["m"]).usd == 4
        state.prices |= {"cheap": Price(*["0.001"] * 4)}
        assert purses.bound_of(state, definition.flows["below"], ["m", "cheap", "of no price"]).usd == 4
