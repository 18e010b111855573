"""Which calls of a `read quick` tool are made within the workflow task: the first, and no question about another."""

import pytest

from interpreter.boundary.failures import SIGNATURE_MISMATCH
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

FLOW = """edition 1
tool look(x: text) -> text read {effect} {{ retry 1 times backoff 1s to 1s }}
flow main() {{ step look(x: "a") }}
"""
VERIFIED = """edition 1
tool find(key: text) -> { id: text }? read quick
tool post(n: int) -> { id: text } write { timeout 1s verify find(key: key) compensate undo(n: n) }
tool undo(n: int) idempotent
flow main() { step find(key: "a") step p = post(n: 1) }
"""
BROKEN = Fails("Undeclared", "broken", "answered", 0.0)
UNKNOWN = Fails(SIGNATURE_MISMATCH, "in words, please", "answered", 0.0)
DONE = Returns({"id": "p"}, 0.0)


def quick(text: str, name: str, plans: dict[str, list[Planned]]) -> list[bool]:
    """Of each call of the tool."""
    definition = definition_of(text)
    assert definition is not None
    seen: list[bool] = []

    def play(command: CallTool) -> Planned:
        if command.tool == name:
            seen.append(command.quick)
        left = plans[command.tool]
        return left.pop(0) if len(left) > 1 else left[0]

    simulation = Simulation(definition, World(dict.fromkeys(plans, play)))
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    return seen


@pytest.mark.parametrize(
    ("effect", "plans", "expected"),
    [
        ("quick", [DONE], [True]),
        ("quick", [BROKEN, DONE], [True, False]),
        ("quick", [UNKNOWN, DONE], [True, True]),
        ("quick", [UNKNOWN, BROKEN, DONE], [True, True, False]),
        ("", [BROKEN, DONE], [False, False]),
    ],
    ids=["first", "second", "asked for words", "second after words", "not declared so"],
)
def test_the_first_call_is_quick_and_the_next_is_made_as_any_other(
    effect: str, plans: list[Planned], expected: list[bool]
) -> None:
    answers = [Returns("a", 0.0) if plan is DONE else plan for plan in plans]
    assert quick(FLOW.format(effect=effect), "look", {"look": answers}) == expected


def test_a_verification_is_never_quick() -> None:
    """It is asked for on whichever worker takes it; the one that has the run may not be the one that ran the call."""
    late = Fails("TimedOut", "no answer", "timed_out", 1.0)
    plans: dict[str, list[Planned]] = {"find": [Returns(None, 0.0), DONE], "post": [late], "undo": [Returns()]}
    assert quick(VERIFIED, "find", plans) == [True, False]
