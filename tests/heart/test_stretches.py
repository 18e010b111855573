"""A list that is kept elsewhere is gone through a stretch at a time: each item once, in its order."""

import pytest

from dsl.expressions.values import Reference
from interpreter.core.constructs import items
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import Returns, World
from tests.heart.watched import definition_of

HASH = "a" * 64
TEXTS = [f"item {number}" for number in range(7)]
FLOW = """edition 1
tool find() -> [text] at most 9 read
tool look(x: text) -> text read
flow main() {{
  step xs = find()
  {head} {{ step look(x: x) }}
}}
"""


@pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
@pytest.mark.parametrize("most_bytes", [1, 20, 48_000])
@pytest.mark.parametrize("head", ["for x in xs", "parallel for x in xs up to 1 as done", "parallel for x in xs as all"])
def test_each_item_of_a_list_that_is_kept_elsewhere_has_its_round(
    head: str, most_bytes: int, switches: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "LONGEST_STRETCH", most_bytes)
    definition = definition_of(FLOW.format(head=head))
    assert definition is not None
    tools = {"find": lambda command: Returns(Reference(HASH, 100)), "look": lambda command: Returns("a")}
    world = World(tools, objects={HASH: TEXTS})
    simulation = Simulation(definition, world, switches)
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    assert [call.arguments["x"] for call in world.calls if call.name == "look"] == TEXTS
