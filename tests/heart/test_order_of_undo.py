"""In which order things are undone, across children and beside cancels, in cases worked out by hand."""

from typing import Any

import pytest

from interpreter.boundary.failures import UNDO_FAILED
from interpreter.simulation.simulation import Switches
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import Ended, play

SWITCHES = pytest.mark.parametrize("switches", [Switches(), Switches(continue_often=True)], ids=["plain", "continue"])
DECLARATIONS = """edition 1
tool keep(x: text) -> text write keyed { compensate drop(x: x) }
tool drop(x: text) idempotent
tool look(x: text) -> text read { errors Gone }
flow two(x: text) { step keep(x: "{{ x }}1") sleep 2s step keep(x: "{{ x }}2") }
flow deeper() { parallel { step two(x: "deep") branch b { sleep 1s step keep(x: "beside") } } }
"""


def run(body: str, **given: Any) -> Ended:
    plans: dict[str, list[Planned]] = {
        "keep": [Returns("k", 0.0)],
        "drop": [Returns(None, 1.0)],
        "look": [Fails("Gone", seconds=3.0)],
    }
    return play(f"{DECLARATIONS} flow main() {{ {body} }}", plans | given.pop("plans", {}), **given)


def dropped(ended: Ended) -> list[str]:
    return [call.arguments["x"] for call in ended.run.simulation.world.calls if call.name == "drop"]


@SWITCHES
def test_what_a_child_did_is_undone_the_latest_first(switches: Switches) -> None:
    ended = run('step keep(x: "before") step two(x: "a") step keep(x: "after") fail "x"', switches=switches)
    assert dropped(ended) == ["after", "a2", "a1", "before"]
    assert ended.times("drop") == [2.0, 3.0, 4.0, 5.0]


@SWITCHES
def test_two_children_are_undone_each_as_a_whole(switches: Switches) -> None:
    """The second was started later, so all of it goes first, whenever its steps ran."""
    ended = run('parallel { step two(x: "a") step s = two(x: "b") } fail "x"', switches=switches)
    assert dropped(ended) == ["b2", "b1", "a2", "a1"]


@SWITCHES
def test_what_a_childs_child_did_stands_where_that_was_started(switches: Switches) -> None:
    """`two` was started first and ended last; what stands beside it began after it."""
    ended = run('step deeper() fail "x"', switches=switches)
    assert dropped(ended) == ["beside", "deep2", "deep1"]


@SWITCHES
def test_a_child_that_fails_undoes_the_latest_first_itself(switches: Switches) -> None:
    plans: dict[str, list[Planned]] = {"keep": [Returns("k"), Returns("k"), Fails("Undeclared", "no", "not_started")]}
    ended = run('step two(x: "a") step keep(x: "never")', plans=plans, switches=switches)
    assert dropped(ended) == ["a2", "a1"]


GATHERED = """
  parallel as all keep going {
    branch a { step keep(x: "a1") step keep(x: "a2") step look(x: "") }
    branch b { sleep 1s step keep(x: "b1") sleep 1h step keep(x: "b2") }
  }
"""


@SWITCHES
@pytest.mark.parametrize("cancel_at", [3.5, 4.0, 4.5])
def test_a_cancel_while_a_branch_is_being_undone_undoes_nothing_twice(switches: Switches, cancel_at: float) -> None:
    """The branch fails at 3, and is undone until 5; then what the other did is."""
    ended = run(GATHERED, cancel_at=cancel_at, switches=switches)
    assert ended.outcome == "cancelled"
    assert dropped(ended) == ["a2", "a1", "b1"]
    assert ended.times("drop") == [3.0, 4.0, 5.0]


@SWITCHES
def test_an_undo_of_a_branch_that_fails_beside_a_cancel_is_not_kept_quiet(switches: Switches) -> None:
    plans: dict[str, list[Planned]] = {"drop": [Fails("Undeclared", "no", "answered", 1.0, retryable=False), Returns()]}
    ended = run(GATHERED, plans=plans, cancel_at=3.5, switches=switches)
    assert (ended.outcome, ended.failure.kind) == ("failed", UNDO_FAILED)
    assert dropped(ended) == ["a2", "a1", "b1"]
    assert sorted(ended.ledger.values()) == ["undo_failed", "undone", "undone"]


def test_of_each_undo_it_is_told_what_is_undone_and_by_what() -> None:
    ended = run('step keep(x: "a") fail "x"')
    told = [(note.kind, note.name, note.detail) for note in ended.run.state.notes if note.node == "undo"]
    assert told == [("undoing", "main/keep", "drop"), ("undone", "main/keep", "")]
