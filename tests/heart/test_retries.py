"""How often a call is made, and when: what the reference says of tools that say nothing."""

from pathlib import Path

import pytest

from dsl.ast import defaults
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import play

FLOW = """edition 1
tool a.declared(s: text) -> text read {{ {retry} errors NotThere }}
tool b.silent(s: text) -> text read {{ {retry} }}
flow main() -> text budget 10m {{
  try {{ step r = a.declared(s: "x") }} on error e {{ }}
  try {{ step r2 = b.silent(s: "x") }} on error e2 {{ }}
  return "done"
}}
"""
NOT_THERE: list[Planned] = [Fails("NotThere", "404", "answered", 0.0)]
BROKEN: list[Planned] = [Fails("Undeclared", "404", "answered", 0.0)]


@pytest.mark.parametrize(
    ("retry", "declared", "silent"),
    [
        ("", [0.0], [0.0, 1.0, 3.0]),
        ("retry 3 times", [0.0, 1.0, 3.0, 7.0], [7.0, 8.0, 10.0, 14.0]),
        ("retry 3 times except NotThere", [0.0], [0.0, 1.0, 3.0, 7.0]),
        ("retry 0 times", [0.0], [0.0]),
    ],
)
def test_declared_errors_turn_retries_off(retry: str, declared: list[float], silent: list[float]) -> None:
    """Where nothing is written; with `retry` written it says what is done."""
    ended = play(FLOW.format(retry=retry), {"a.declared": NOT_THERE, "b.silent": BROKEN})
    assert ended.value == "done"
    assert ended.times("a.declared") == declared
    assert ended.times("b.silent") == silent


def test_another_error_of_a_tool_that_declares_some_is_tried_again() -> None:
    ended = play(FLOW.format(retry=""), {"a.declared": BROKEN, "b.silent": [Returns("x", 0.0)]})
    assert ended.times("a.declared") == [0.0, 1.0, 3.0]


def test_the_reference_tells_the_defaults() -> None:
    reference = " ".join((Path(__file__).parents[2] / "grammar" / "README.md").read_text(encoding="utf-8").split())
    timeout, heartbeat = defaults.TIMEOUT // 1000, defaults.HEARTBEAT // 1000
    first, longest = defaults.FIRST_BACKOFF // 1000, defaults.LONGEST_BACKOFF // 1000
    assert f"an attempt may take {timeout} seconds, a tool on our own queue be silent for {heartbeat}" in reference
    assert f"two more attempts, after {first} and {2 * first} seconds" in reference
    assert f"double, from {first} second up to {longest}" in reference
