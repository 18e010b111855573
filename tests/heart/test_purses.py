"""Purses: what is left, who has to wait, who is asked again, and whose limit it is that a child meets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from dsl.ast.statements import Budget
from interpreter.boundary.beginnings import Lease
from interpreter.core import lefts, purses, reservations
from interpreter.core.constructs.table import CONSTRUCTS, kind_of
from interpreter.core.lefts import left_at
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import FlowFailed
from interpreter.core.state import Amount, Frame, Purse, State
from tests.heart.watched import flows

INNER = "main/b/body"


@dataclass
class Table:
    """A run with a purse and one inside it, and frames that draw on the inner one."""

    machine: Machine

    def frame(self, name: str, purse: str = INNER) -> Frame:
        frame = Frame(f"{INNER}/{name}", "ToolStep", ROOT, purse, [1], 0.0)
        self.machine.state.frames[frame.path] = frame
        return frame

    def woken(self) -> list[str]:
        paths = [task.path.rsplit("/", 1)[-1] for task in self.machine.queue if task.method == "granted"]
        self.machine.queue.clear()
        return paths


def table(outer: dict[str, Any], inner: dict[str, Any]) -> Table:
    (_, definition), *_ = flows(1)
    state = State("main", "hash", "run")
    state.purses = {ROOT: Purse(ROOT, None, **outer), INNER: Purse(INNER, ROOT, **inner)}
    state.frames[ROOT] = Frame(ROOT, "Flow", None, ROOT, [0], 0.0)
    state.frames[INNER] = Frame(INNER, "Block", ROOT, INNER, [1], 0.0)
    return Table(Machine(definition, state, CONSTRUCTS, kind_of))


def outcome(on: Table, frame: Frame, need: Amount) -> str:
    try:
        return "reserved" if reservations.reserve(on.machine, frame, need) else "waits"
    except FlowFailed as failed:
        failure = failed.failure
        return f"{failure.details['limit']} of {failure.purse}" if failure.kind == "BudgetExceeded" else failure.kind


@pytest.mark.parametrize(
    ("outer", "inner", "need", "expected"),
    [
        ({}, {}, Amount(Decimal(9), 9, 9), "reserved"),
        ({"tokens": 10}, {}, Amount(tokens=10), "reserved"),
        ({"tokens": 10}, {}, Amount(tokens=11), f"tokens of {ROOT}"),
        ({"tokens": 10}, {"tokens": 5}, Amount(tokens=6), f"tokens of {INNER}"),
        ({"usd": Decimal("0.1")}, {"calls": 1}, Amount(Decimal("0.2"), 1, 1), f"usd of {ROOT}"),
        ({"calls": 0}, {}, Amount(tokens=1), "reserved"),
        ({"calls": 0}, {}, Amount(calls=1), f"calls of {ROOT}"),
        ({"deadline": 10.0}, {}, Amount(), "reserved"),
        ({"deadline": 5.0}, {}, Amount(), f"time of {ROOT}"),
        ({"deadline": 10.0}, {"deadline": 4.0}, Amount(), f"time of {INNER}"),
    ],
)
def test_what_fits(outer: dict[str, Any], inner: dict[str, Any], need: Amount, expected: str) -> None:
    on = table(outer, inner)
    on.machine.state.now = 5.0
    assert outcome(on, on.frame("a"), need) == expected


def test_a_reservation_waits_while_others_are_outstanding() -> None:
    on = table({"tokens": 10}, {})
    first, second, third = on.frame("first"), on.frame("second"), on.frame("third")
    assert outcome(on, first, Amount(tokens=8)) == "reserved"
    assert outcome(on, second, Amount(tokens=5)) == "waits"
    assert outcome(on, third, Amount(tokens=4)) == "waits"
    reservations.settle(on.machine, first, Amount(tokens=2))
    assert on.woken() == ["second"]
    assert outcome(on, second, Amount(tokens=5)) == "reserved"
    assert on.woken() == ["third"]
    assert outcome(on, third, Amount(tokens=4)) == "waits"
    reservations.settle(on.machine, second, Amount(tokens=5))
    assert on.woken() == ["third"]
    assert outcome(on, third, Amount(tokens=4)) == "tokens of $"
    assert on.machine.state.purses[ROOT].waiting == []


def test_who_gives_up_lets_the_next_one_ask() -> None:
    on = table({"calls": 1}, {})
    holder, second, third = on.frame("holder"), on.frame("second"), on.frame("third")
    assert [outcome(on, frame, Amount(calls=1)) for frame in (holder, second, third)] == ["reserved", "waits", "waits"]
    reservations.stop_waiting(on.machine, third)
    assert on.woken() == []
    assert outcome(on, third, Amount(calls=1)) == "waits"
    reservations.stop_waiting(on.machine, second)
    assert on.woken() == ["third"]
    reservations.stop_waiting(on.machine, second)
    assert on.woken() == []


def test_a_frame_waits_where_there_is_no_room() -> None:
    on = table({"tokens": 10}, {"tokens": 6})
    inside, outside, waiting = on.frame("inside"), on.frame("outside", ROOT), on.frame("waiting")
    assert outcome(on, inside, Amount(tokens=5)) == "reserved"
    assert outcome(on, waiting, Amount(tokens=4)) == "waits"
    assert waiting.waits_at == INNER
    assert outcome(on, outside, Amount(tokens=5)) == "reserved"
    reservations.settle(on.machine, inside, Amount(tokens=1))
    assert on.woken() == ["waiting"]
    assert outcome(on, waiting, Amount(tokens=5)) == "waits"
    assert waiting.waits_at == ROOT
    reservations.settle(on.machine, outside, Amount())
    assert on.woken() == ["waiting"]


@pytest.mark.parametrize(
    ("outer", "inner", "budget", "lease", "scarce"),
    [
        ({}, {}, Budget(), Lease(), {}),
        ({}, {}, Budget(tokens=9), Lease(tokens=9), {}),
        ({"tokens": 20}, {}, Budget(tokens=9), Lease(tokens=9), {}),
        ({"tokens": 20}, {}, Budget(), Lease(tokens=19), {"tokens": ROOT}),
        ({"tokens": 20}, {}, Budget(tokens=19), Lease(tokens=19), {}),
        ({"tokens": 20}, {}, Budget(tokens=50), Lease(tokens=19), {"tokens": ROOT}),
        ({"tokens": 20}, {"tokens": 5}, Budget(tokens=50), Lease(tokens=4), {"tokens": INNER}),
        ({"tokens": 4}, {"tokens": 5}, Budget(), Lease(tokens=3), {"tokens": ROOT}),
        ({"tokens": 1}, {}, Budget(), Lease(tokens=0), {"tokens": ROOT}),
        ({"calls": 7, "usd": Decimal(2)}, {}, Budget(usd=Decimal("0.5")), Lease("0.5", None, 6), {"calls": ROOT}),
    ],
)
def test_what_a_child_gets_and_whose_limit_that_is(
    outer: dict[str, Any], inner: dict[str, Any], budget: Budget, lease: Lease, scarce: dict[str, str]
) -> None:
    on = table(outer, inner)
    spender = on.frame("spender")
    reservations.reserve(on.machine, spender, Amount(tokens=1, calls=1))
    reservations.settle(on.machine, spender, Amount(tokens=1, calls=1))
    assert purses.lease(on.machine.state, INNER, budget) == lease
    assert purses.scarce(on.machine.state, INNER, budget) == scarce


def test_what_was_overdrawn_by_others_is_nothing_not_less() -> None:
    on = table({"tokens": 5}, {})
    on.machine.state.purses[ROOT].spent = Amount(tokens=7)
    assert lefts.left(on.machine.state, INNER, "tokens") == 0
    assert purses.lease(on.machine.state, INNER, Budget()).tokens == 0


def test_what_others_have_reserved_is_not_left() -> None:
    on = table({"tokens": 10}, {"tokens": 8, "usd": Decimal("0.5")})
    one, other = on.frame("one"), on.frame("other")
    assert reservations.reserve(on.machine, one, Amount(Decimal("0.2"), 3))
    lefts_ = {unit: left_at(on.machine.state, other, unit) for unit in ("usd", "tokens")}
    assert lefts_ == {"usd": Decimal("0.3"), "tokens": 5}
    reservations.settle(on.machine, one, Amount(Decimal("0.9"), 9))
    assert [left_at(on.machine.state, other, unit) for unit in ("usd", "tokens")] == [Decimal(0), 0]
