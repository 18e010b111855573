"""Who speaks to an agent that says no `turns` makes it answer again, and not for ever."""

from dsl.ast.defaults import MOST_TURNS_TOLD
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.tell import Tell
from interpreter.simulation.simulation import Simulation
from interpreter.simulation.world import Planned, Returns, World
from tests.heart.watched import definition_of

FLOW = """edition 1
agent ask(x: text) -> text { model "m" prompt "{{ x }}" }
flow main() -> text {
  step said = ask(x: "x")
  let kept = transcript(said)
  return said
}
"""


def test_it_hears_so_much_and_no_more() -> None:
    definition = definition_of(FLOW)
    assert definition is not None
    asked: list[str] = []

    def ask(request: ChatRequest) -> Planned:
        number = len(asked)
        asked.append(request.model)
        tell = Tell(f"tell{number}", "And then?", "ann")
        simulation.at(simulation.now + 1, lambda: run.tell(tell))
        return Returns({"value": "said"}, 2.0)

    simulation = Simulation(definition, World({}, {"ask": ask}))
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    assert len(asked) == MOST_TURNS_TOLD
    accepted = [reply.accepted for reply in run.replies]
    assert accepted == [*[True] * (MOST_TURNS_TOLD - 1), False]
    most = definition.flows["main"].most
    assert most is not None
    assert most.calls is not None
    assert len(asked) <= most.calls
