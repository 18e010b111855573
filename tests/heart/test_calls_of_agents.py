"""What stands on the step that calls an agent is said of the agent, not of what it calls."""

from interpreter.boundary.talk import AskedCall
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Planned, Returns, World
from tests.definition.reading import definition

FLOW = """edition 1
tool web.get(url: text) -> text read { timeout 7s }
agent reader(url: text) -> text {
  model "m"
  prompt "{{ url }}"
  use web.get
  budget 3 turns
}
flow main() -> text {
  step said = reader("a") { timeout 5m }
  return said
}
"""


def test_a_call_has_the_timeout_of_its_tool() -> None:
    timeouts: list[int] = []

    def get(command: CallTool) -> Planned:
        timeouts.append(command.timeout)
        return Returns("page")

    answers = iter((Returns(calls=(AskedCall("c", "web-get", '{"url": "a"}'),)), Returns("read")))
    simulation = Simulation(definition(FLOW), World({"web.get": get}, {"reader": lambda request: next(answers)}))
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert (run.finish.outcome, timeouts) == ("completed", [7_000])
