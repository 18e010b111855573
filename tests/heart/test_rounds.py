"""Rounds that ask for nothing outside: however a text is written, they make no events without end."""

import pytest

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core.commands import Command
from interpreter.core.constructs import loop
from interpreter.core.events import Event
from interpreter.core.snapshot import decode
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Returns, World
from tests.heart.played import play
from tests.heart.watched import definition_of

MOST_EVENTS = 200
TIMED = """edition 1
flow main() -> text {{
  let before = now()
  var over = "no"
  loop wait budget 10s {{ {body} }} on exhausted {{ set over = "{{{{ before }}}}" }}
  return over
}}
"""
NOT_SPENT = """edition 1
tool read() -> int read
flow main(ready: bool) -> int {
  loop wait budget 9 calls { if ready { step n = read() return n } sleep until now() - 1s }
}
"""


class Counting:
    """The events of a run; more than so many are an endless run."""

    def __init__(self, text: str, input: object) -> None:
        flow = definition_of(text)
        assert flow is not None
        self.events = 0
        self.simulation = Simulation(flow, World(), watch=self._count)
        self.run = self.simulation.run(input)
        self.simulation.go()

    def _count(self, run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        self.events += 1
        assert self.events < 10 * MOST_EVENTS, "it makes events without end"


@pytest.mark.parametrize(
    "body",
    [
        "let nothing = 1",
        "sleep 0s",
        "sleep until before",
        "budget 1s { sleep 0s }",
        *(
            pytest.param(body, marks=pytest.mark.slow)
            for body in (
                "for twice in [1, 2] { sleep until before }",
                "parallel for twice in [1, 2] { sleep 0s }",
                "loop inner budget 3 iterations { sleep 0s until 1 == 2 - 1 }",
            )
        ),
    ],
)
def test_rounds_that_wait_for_nothing_are_spread_over_their_time(body: str) -> None:
    counted = Counting(TIMED.format(body=body), {})
    assert counted.run.finish is not None
    assert counted.run.finish.value != "no"
    assert counted.simulation.now - START < 12
    assert counted.events < MOST_EVENTS


def test_rounds_that_spend_nothing_of_a_budget_without_a_time_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MOST_IN_VAIN", 500)
    counted = Counting(NOT_SPENT, {"ready": False})
    assert counted.run.finish is not None
    failure = decode(counted.run.finish.failure)
    assert (failure.kind, failure.details["limit"]) == (BUDGET_EXCEEDED, "iterations")
    assert "spent nothing of its budget" in failure.message


ASKS = """edition 1
tool look(n: int) -> text read
flow main() -> int {
  var n = 0
  loop budget 10s {
    set n = n + 1
    step a = look(n: n)
    until a == "enough"
  }
  return n
}
"""


def test_rounds_that_ask_for_something_outside_follow_each_other_without_a_pause() -> None:
    ended = play(ASKS, {"look": [Returns("more", 1.0), Returns("more", 1.0), Returns("enough", 1.0)]})
    assert ended.value == 3
    assert ended.times("look") == [0.0, 1.0, 2.0]


def test_rounds_begin_every_so_often_and_one_that_took_longer_leaves_some_out() -> None:
    """The third takes 25 minutes: two beginnings pass, and the next is on time again."""
    flow = definition_of(
        "edition 1\ntool read() -> int read\n"
        "flow main() { loop look budget 5 iterations every 10m { step read() } on exhausted { } }"
    )
    assert flow is not None
    begun: list[float] = []

    def read(_: Command) -> Returns:
        begun.append((simulation.now - START) / 60)
        return Returns(1, 1500.0 if len(begun) == 3 else 1.0)

    simulation = Simulation(flow, World({"read": read}))
    simulation.run({})
    simulation.go()
    assert begun == [0, 10, 20, 50, 60]
