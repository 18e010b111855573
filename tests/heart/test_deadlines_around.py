"""When the time of a budget is over, it is for all that stands in it, called flows too, whatever is heard of first."""

import pytest

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.payloads import Answer
from interpreter.simulation.simulation import START, SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.played import play
from tests.heart.watched import definition_of

BELOW = """edition 1
tool pay(amount: int) irreversible final
flow below() -> text {
  await approval ok "Pay 5?" { from "a" timeout 30m then reject }
  if ok.approved { step paid = pay(amount: 5) }
  return ok.outcome
}
"""
ASKED_IN = {
    "the run": BELOW.replace("flow below() -> text", "flow main() -> text budget 1h").replace(
        "await", "sleep 40m await"
    ),
    "a block": BELOW.replace("flow below()", "flow main()")
    .replace("await", "budget 1h { sleep 40m await")
    .replace("return ok.outcome", 'return ok.outcome } on exhausted { return "over" }'),
    "a called flow": BELOW + "flow main() -> text budget 1h { sleep 40m step said = below() return said }",
}


@pytest.mark.parametrize("text", ASKED_IN.values(), ids=ASKED_IN.keys())
def test_an_answer_that_comes_after_the_deadline_around_its_question_is_too_late(text: str) -> None:
    """No worker was there, so the answer is handled before the timer of the budget."""
    flow = definition_of(text)
    assert flow is not None
    simulation = Simulation(flow, World({"pay": lambda command: Returns(None)}))
    top = simulation.run({})

    def asking() -> list[SimulatedRun]:
        return [run for run in (top, *top.children.values()) if run.state.questions]

    simulation.go(until=lambda: bool(asking()))
    (run,), simulation.now = asking(), START + 3700
    run.answer(Answer("1", next(iter(run.state.questions)), "approve", "ann", None, "a"))
    simulation.go()
    assert [reply.message for reply in run.replies] == ["this comes too late: the time to answer is over"]
    assert simulation.world.calls == []


CALLED = """edition 1
tool read() -> int read
tool pay(amount: int) write final
flow below() { step n = read() step paid = pay(amount: n) }
flow main() -> text { HANDLED }
"""


@pytest.mark.parametrize(
    ("handled", "value"),
    [
        ('budget 1h { step b = below() } on exhausted { return "over" } return "done"', "over"),
        ('try { budget 1h { step b = below() } } on error e { return e.kind } return "done"', BUDGET_EXCEEDED),
    ],
)
def test_a_called_flow_begins_nothing_when_the_time_of_its_caller_is_over(handled: str, value: str) -> None:
    """What it waited for comes at the very moment, and before the timer."""
    ended = play(CALLED.replace("HANDLED", handled), {"read": [Returns(1, 3600.0)], "pay": [Returns(None)]})
    assert ended.times("pay") == []
    assert ended.value == value


def test_an_undo_is_called_again_though_the_time_around_it_is_over() -> None:
    text = """edition 1
tool post(n: int) write keyed { compensate undo(n: n) }
tool undo(n: int) idempotent
flow main() budget 3s { step post(n: 1) fail "no" }
"""
    ended = play(text, {"post": [Returns()], "undo": [Fails("Down", "no", "answered", 5.0), Returns()]})
    assert ended.times("undo") == [0.1, 6.1]
    assert ended.failure.kind == "Failed"
