"""On the way out: what is said of a doubt, how patient each undo is by itself, and what a cancel does to a `try` and to
a way that is taken.
"""

from typing import Any

import pytest

from interpreter.boundary.failures import OUTCOME_UNKNOWN, STILL_RUNNING
from interpreter.simulation.world import Fails, Planned, Returns
from tests.heart.played import Ended, play

NOTHING = Returns(None, 0.0)
LOST = Fails("Undeclared", "worker lost", "unknown", 0.5)
AT_WORK = Fails(STILL_RUNNING, "still runs", "answered", 0.0)

# -- a doubt

DOUBT = """edition 1
tool post(n: int) -> {{ id: text }} write {{ verify none "no" {undo} }}
tool undo(n: decimal) idempotent
flow main() {{ let two = 2 step p = post(n: 2) {{ {own} }} }}
"""


@pytest.mark.parametrize(
    ("undo", "own", "reason", "tool"),
    [
        ("compensate undo(n: 1 / (n - 2))", "", "Undeclared: worker lost; the undo cannot be worded: ", None),
        ("compensate undo(n: len(result.id))", "", "Undeclared: worker lost", None),
        ('compensate none "no"', "", "Undeclared: worker lost", None),
        ("compensate undo(n: n)", "", "", "undo"),
        (
            'compensate none "no"',
            "compensate undo(n: 1 / (two - two))",
            "Undeclared: worker lost; the undo cannot be worded: ",
            None,
        ),
    ],
)
def test_a_doubt_that_nobody_can_undo_says_why_it_is_one_and_why_it_is_not_undone(
    undo: str, own: str, reason: str, tool: str | None
) -> None:
    ended = play(DOUBT.format(undo=undo, own=own), {"post": [LOST], "undo": [NOTHING]})
    assert ended.failure.kind == OUTCOME_UNKNOWN
    (entry,) = ended.run.state.ledger.values()
    assert entry.undo_tool == tool
    assert entry.reason[: len(reason)] == reason
    assert len(entry.reason) > len(reason) or not reason.endswith(": ")
    assert reason.endswith(": ") or entry.reason == reason
    assert ended.ledger == {"p": "undone" if tool else "uncertain"}


# -- an undo that is refused because its call still runs

TWO = """edition 1
tool post(n: int) -> { id: text } write { verify none "no" compensate undo(n: n) }
tool undo(n: int) idempotent
flow main() {
  parallel { step a = post(n: 1) { timeout 1s } step b = post(n: 2) { timeout 1s } }
}
"""


def test_each_undo_is_waited_for_from_the_first_refusal_of_its_own() -> None:
    late = Fails("TimedOut", "no answer", "timed_out", 1.0)
    undo: list[Planned] = [AT_WORK, AT_WORK, NOTHING, AT_WORK, AT_WORK, NOTHING]
    ended = play(TWO, {"post": [late], "undo": undo})
    assert [call.arguments["n"] for call in ended.run.simulation.world.calls if call.name == "undo"] == [
        *[2] * 3,
        *[1] * 3,
    ]
    assert ended.times("undo") == [2.0, 3.0, 5.0, 5.0, 6.0, 8.0]
    assert ended.ledger == {"a": "undone", "b": "undone"}


# -- a `try` that is cancelled

TRIED = """edition 1
tool keep(n: int) write keyed { compensate undo(n: n) }
tool undo(n: int) idempotent
tool look() read { errors Gone }
tool close() idempotent
flow main() {
  try {
    step keep(n: 1)
    step look()
  } on error Gone as e if e.message != "odd" {
    step keep(n: 2)
  } finally {
    step close()
  }
}
"""


@pytest.mark.parametrize(
    ("cancel_at", "outcome", "calls"),
    [
        (None, "completed", ["keep", "look", "undo", "keep", "close"]),
        (1.0, "cancelled", ["keep", "look", "close", "undo"]),
    ],
    ids=["failed", "cancelled meanwhile"],
)
@pytest.mark.parametrize("kind", ["Gone", "Undeclared"])
def test_what_fails_while_it_is_cancelled_is_handled_by_nobody(
    kind: str, cancel_at: float | None, outcome: str, calls: list[str]
) -> None:
    """What the `try` has to do last comes before what is undone outside of it."""
    plans: dict[str, list[Planned]] = {
        "keep": [NOTHING],
        "undo": [NOTHING],
        "close": [NOTHING],
        "look": [Fails(kind, "no", seconds=3.0, retryable=False, deaf=True)],
    }
    ended = play(TRIED, plans, cancel_at=cancel_at)
    if kind == "Undeclared" and cancel_at is None:
        outcome, calls = "failed", ["keep", "look", "close", "undo"]
    assert (ended.outcome, [call for call, _ in ended.calls]) == (outcome, calls)


def test_a_doubt_that_a_cancel_leaves_is_handled_by_nobody_though_its_kind_is_named() -> None:
    text = TRIED.replace("step look()", "step post()").replace('Gone as e if e.message != "odd"', "OutcomeUnknown")
    text = text.replace(
        "tool look() read { errors Gone }", 'tool post() write { verify none "no" compensate none "no" }'
    )
    plans: dict[str, list[Planned]] = {each: [NOTHING] for each in ("keep", "undo", "close")}
    plans["post"] = [Fails("TimedOut", "late", "timed_out", seconds=3.0, deaf=True)]
    assert [call for call, _ in play(text, plans).calls] == ["keep", "post", "undo", "keep", "close"]
    ended = play(text, plans, cancel_at=1.0)
    assert [call for call, _ in ended.calls] == ["keep", "post", "close", "undo"]
    assert (ended.outcome, ended.failure.kind) == ("failed", OUTCOME_UNKNOWN)
    assert ended.ledger == {"keep": "undone", "post": "uncertain"}


# -- a way that is taken

FIRST = """edition 1
tool look() -> int read {{ errors Gone }}
flow main() -> int {{
  var found: int = 0
  {around}
  return found
}}
"""
WAYS = "await first {{ after 1s {{ {way} }} step other = look() {{ set found = 9 }} }}"


@pytest.mark.parametrize(
    ("way", "value"),
    [("set found = 1", 1), ("return 5", 5), ("step n = look() set found = n", 3), ('fail "no"', None)],
)
def test_how_the_way_that_was_taken_ends_is_how_it_ends(way: str, value: int | None) -> None:
    ended = first(way)
    assert (ended.value, ended.outcome) == (value, "failed" if value is None else "completed")
    assert ended.times("look")[0] == 0.0


def test_a_loop_is_left_by_the_way_that_was_taken() -> None:
    around = "loop budget 9 iterations { " + WAYS.format(way="set found = found + 1 break") + " }"
    assert play(FIRST.format(around=around), {"look": [Returns(7, 60.0)]}).value == 1


def test_a_cancel_ends_the_way_that_was_taken() -> None:
    ended = first("step n = look() set found = n", seconds=60.0, cancel_at=2.0)
    assert ended.outcome == "cancelled"


def first(way: str, seconds: float = 0.5, **given: Any) -> Ended:
    plans: dict[str, list[Planned]] = {"look": [Returns(7, 60.0), Returns(3, seconds)]}
    return play(FIRST.format(around=WAYS.format(way=way)), plans, **given)
