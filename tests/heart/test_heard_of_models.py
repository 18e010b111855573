"""What a server says of a model is heard once in a tree of runs: below, and back above, whatever the end."""

from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

AGENT = 'edition 1 agent writer() -> { text: text } { model "m" temperature 0.5 prompt "hello" }\n'
FLOWS = {
    "told by a run below": "flow main() budget 1h { step one = below() step two = writer() step three = below() }",
    "told to a run below": "flow main() budget 1h { step one = writer() step two = below() step three = below() }",
    "told by one that failed": (
        "flow main() budget 1h {\n"
        "  try { step one = bad() } on error as e { } step two = below() step three = writer()\n}\n"
        'flow bad() -> text budget 10m { step draft = writer() fail "no: {{ draft.text }}" }'
    ),
    "told by one below another": (
        "flow main() budget 1h { step one = middle() step two = middle() }\n"
        "flow middle() budget 10m { step x = below() }"
    ),
}


def asked(flows: str, first: list[Any], *, often: bool) -> list[ChatRequest]:
    definition = definition_of(
        AGENT + flows + "\nflow below() -> text budget 10m { step draft = writer() return draft.text }"
    )
    assert definition is not None
    requests: list[ChatRequest] = []

    def answer(request: ChatRequest) -> Planned:
        requests.append(request)
        return first.pop(0) if first else Returns({"text": "t"}, input_tokens=10, output_tokens=9)

    simulation = Simulation(definition, World(agents={"writer": answer}), Switches(often, often))
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed", run.finish
    return requests


@pytest.mark.parametrize("often", [False, True], ids=["", "continued"])
@pytest.mark.parametrize("flows", FLOWS.values(), ids=FLOWS)
def test_what_was_heard_is_not_heard_again(flows: str, often: bool) -> None:
    refused = Fails("InvalidRequest", "no", details=({"charge": "none", "refuses": ["temperature"]},))
    less = Fails("InvalidRequest", "no", details=({"charge": "none", "most": 1_000},))
    first, second, *others = asked(flows, [refused, less], often=often)
    assert (first.without, second.without) == ([], ["temperature"])
    assert (first.max_output_tokens, second.max_output_tokens) == (4_096, 4_096)
    assert {(tuple(one.without), one.max_output_tokens) for one in others} == {(("temperature",), 1_000)}
