"""An agent with tools through the command, asked over a real socket."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Dsl
from tests.live.played_model import Acts, Plan, PlayedModel, Refuses, Says, played_model

pytestmark = pytest.mark.slow

FLOW = """edition 1
tool orders.find(id: text) -> { id: text, total: decimal } read
agent helper(question: text) -> { s: text } {
  model "m1"
  prompt "{{ question }}"
  use orders.find
  budget 5 turns
}
flow main() -> text {
  step reply = helper("where is it?")
  return reply.s
}
"""
TOOLS = """
from interpreter.api import tool

@tool("orders.find")
def find(id: str) -> dict:
    return {"id": id, "total": "12.50"}
"""


@pytest.fixture
def model(dsl: Dsl) -> Iterator[PlayedModel]:
    (dsl.folder / "agent.flow").write_text(FLOW)
    (dsl.folder / "tools.py").write_text(TOOLS)
    with played_model() as model:
        dsl.environment |= model.environment
        yield model


def test_a_model_calls_a_tool_and_answers(dsl: Dsl, model: PlayedModel) -> None:
    model.plans = {"m1": [Acts("orders-find", ('{"id": "o-1"}',), Says('{"s": "on its way"}'))]}
    ended = dsl("run", "agent.flow", "--tools", "tools.py", "--json")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == "on its way"
    first, second = model.asked["m1"]
    assert [tool["function"]["name"] for tool in first["tools"]] == ["orders-find"]
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][-1]["content"] == '{"id": "o-1", "total": "12.50"}'


def test_a_server_without_tool_calling_is_told_of_the_tools_in_words(dsl: Dsl, model: PlayedModel) -> None:
    plans: list[Plan] = [
        Refuses(400, "m1 does not support tools"),
        Says('{"call": {"name": "orders-find", "arguments": {"id": "o-1"}}}'),
        Says('{"answer": {"s": "on its way"}}'),
    ]
    model.plans = {"m1": plans}
    ended = dsl("run", "agent.flow", "--tools", "tools.py", "--json")
    assert ended.code == 0, ended.err
    assert ended.events[-1]["value"] == "on its way"
    refused, called, answered = model.asked["m1"]
    assert ["tools" in request for request in (refused, called, answered)] == [True, False, False]
    assert [message["role"] for message in answered["messages"]] == ["system", "user", "assistant", "user"]
    assert "12.50" in answered["messages"][-1]["content"]
    told = [event["detail"] for event in ended.events if event.get("kind") == "adapted"]
    assert told[0].startswith("m1 does not take `tools`")


def test_what_is_shown_of_it_is_folded_until_it_is_asked_for(dsl: Dsl, model: PlayedModel) -> None:
    model.plans = {"m1": [Acts("orders-find", ('{"id": "o-1"}',), Says('{"s": "on its way"}'))]}
    assert dsl("run", "agent.flow", "--tools", "tools.py", "--id", "folded").code == 0
    shown = dsl("show", "folded").out
    (line,) = _steps(shown)
    assert "calls   folded/" in shown
    assert line.startswith("  reply: completed, helper, 2 turns, 1 call, ")
    assert _steps(dsl("show", "folded", "--turns").out) == [line, "    turn 1: completed, orders.find"]
    call = "      orders.find: completed, orders.find"
    assert _steps(dsl("show", "folded", "--all").out) == [line, "    turn 1: completed, orders.find", call]
    assert _steps(dsl("show", "folded", "--depth", "1").out) == [line]
    notes = dsl("show", "folded", "--json").json["state"]["notes"]
    assert [note["counts"]["turns"] for note in notes if note["counts"]] == [1, 2]


def _steps(shown: str) -> list[str]:
    lines = shown.splitlines()
    below = lines[lines.index("steps:") + 1 :]
    return below[: below.index("")]
