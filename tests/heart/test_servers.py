"""What a worker says of an MCP server that it could not ask: nothing has happened, whatever the tool does."""

import pytest

from interpreter.boundary.failures import CONNECTION_FAILED, SERVER_UNAVAILABLE, TOOL_CHANGED
from interpreter.simulation.world import Fails, Returns
from tests.heart.played import play

FLOW = """edition 1
tools s from mcp "npx acme" {{
  tool post(n: int) -> {{ id: text }} {effect} {{ {options} }}
}}
flow main() -> text {{
  step p = s.post(n: 1)
  return p.id
}}
"""
EFFECTS = ["read", "idempotent", "write final", "write keyed final"]
AWAY = Fails(SERVER_UNAVAILABLE, "the server `s`: it cannot start", "answered", 0.0)
CHANGED = Fails(TOOL_CHANGED, "it is not what was pinned", "answered", 0.0, details=({"diff": "-a\n+b"},))
DONE = Returns({"id": "p"}, 0.0)


def flow(effect: str, options: str = "") -> str:
    settled = 'verify none "is counted"' if effect == "write final" else ""
    return FLOW.format(effect=effect, options=f"{options} {settled}")


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_server_that_is_away_is_waited_for(effect: str) -> None:
    ended = play(flow(effect), {"s.post": [AWAY, AWAY, DONE]})
    assert (ended.outcome, ended.value) == ("completed", "p")
    assert len(ended.times("s.post")) == 3


@pytest.mark.parametrize("effect", EFFECTS)
def test_it_is_waited_for_as_long_as_the_patience_of_the_tool_lasts(effect: str) -> None:
    ended = play(flow(effect, "patience 10m"), {"s.post": [AWAY]})
    assert ended.failure.kind == SERVER_UNAVAILABLE
    assert 570 < ended.times("s.post")[-1] < 640
    assert set(ended.ledger.values()) <= {"never"}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_tool_that_has_changed_ends_the_step_at_once_and_leaves_no_doubt(effect: str) -> None:
    ended = play(flow(effect, "retry 5 times"), {"s.post": [CHANGED, DONE]})
    assert (ended.failure.kind, ended.failure.details) == (TOOL_CHANGED, {"diff": "-a\n+b"})
    assert ended.times("s.post") == [0.0]
    assert set(ended.ledger.values()) <= {"never"}


def test_a_server_of_requests_that_takes_none_is_asked_for_as_long_as_its_patience_lasts_in_all() -> None:
    text = """edition 1
tool look(n: int) -> json read { http get "https://desk.example.com/{{ n }}" patience 10m }
flow main() { step look(n: 1) }
"""
    ended = play(text, {"look": [*[AWAY] * 200, DONE]})
    assert ended.failure.kind == SERVER_UNAVAILABLE
    assert 540 < ended.times("look")[-1] <= 600


REQUEST = """edition 1
tool look(n: int) -> json read { http get "https://desk.example.com/{{ n }}" patience 10m retry 2 times }
flow main() { step look(n: 1) }
"""


@pytest.mark.parametrize("kind", [CONNECTION_FAILED, "Undeclared", "TimedOut"])
def test_only_a_server_that_takes_none_is_waited_for_and_all_else_counts_as_an_attempt(kind: str) -> None:
    ended = play(REQUEST, {"look": [AWAY, AWAY, *[Fails(kind, "no", "answered", 0.0)] * 3, DONE]})
    assert (ended.outcome, len(ended.times("look"))) == ("failed", 2 + 3)
    assert ended.failure.kind == kind
