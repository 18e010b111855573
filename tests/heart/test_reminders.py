"""People who do not answer are reminded, as often as the question says, until its last stage is over."""

from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import World
from tests.heart.watched import definition_of

FLOW = """\
edition 1

flow main() -> text {
  await approval go "Go on?" {
    remind every 4h
    from "leads" timeout 5h then ask
    from "board" timeout 12h then reject
  }
  return go.outcome
}
"""


def test_reminders_go_on_through_the_stages() -> None:
    definition = definition_of(FLOW)
    assert definition is not None
    simulation = Simulation(definition, World())
    run = simulation.run({})
    simulation.go()
    told = [note.kind for note in run.state.notes]
    assert told.count("reminded") == 4
    assert told[-2:] == ["timed_out", "finished"]
