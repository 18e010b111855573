"""Budgets: a tree of purses. Reserve before a call, settle after it; nothing is ever overspent.

A reservation is made in every purse from the frame's own up to the run's. It waits while what does not fit is held by
other reservations, and fails only when it would not fit without them. Waiting frames are asked again, in the order in
which they came, whenever something is settled.
"""

from decimal import Decimal
from typing import Any, TypeVar

from dsl.ast.statements import Budget
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.payloads import Lease, Spent
from interpreter.core.commands import SetTimer
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Amount, Frame, Purse, State, Task

UNITS = ("usd", "tokens", "calls")


def open_purse(machine: Machine, frame: Frame, budget: Budget | None, lease: Lease | None = None) -> None:
    """Give `frame`, and what is opened below it from now on, a purse of its own with the smaller of the limits."""
    budget, lease = budget or Budget(), lease or Lease()
    purse = Purse(
        path=frame.path,
        parent=frame.purse or None,
        usd=smaller(budget.usd, Decimal(lease.usd) if lease.usd is not None else None),
        tokens=smaller(budget.tokens, lease.tokens),
        calls=smaller(budget.calls, lease.calls),
        deadline=machine.state.now + budget.time / 1000 if budget.time is not None else None,
    )
    machine.state.purses[frame.path] = purse
    frame.purse = frame.path
    if purse.deadline is not None:
        machine.issue(frame, SetTimer(deadline_id(frame), purse.deadline, "budget"))


def close_purse(machine: Machine, frame: Frame) -> None:
    """What was spent stands in the purses around already."""
    purse = machine.state.purses.pop(frame.path, None)
    if purse is not None:
        machine.withdraw(deadline_id(frame))
        frame.purse = purse.parent or ""


def deadline_id(frame: Frame) -> str:
    return f"{frame.path}!deadline"


Number = TypeVar("Number", int, Decimal)


def smaller(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)


def chain(state: State, path: str) -> list[Purse]:
    """The purse at `path` and those around it, innermost first."""
    purses = []
    while path:
        purse = state.purses[path]
        purses.append(purse)
        path = purse.parent or ""
    return purses


def left(state: State, path: str, unit: str) -> Any:
    """What may still be spent from the purse at `path`, reservations of others not counted; None is no limit.

    A `Decimal` for `usd`, an `int` for the other units.
    """
    lefts = [
        limit - getattr(purse.spent, unit)
        for purse in chain(state, path)
        if (limit := getattr(purse, unit)) is not None
    ]
    return min(lefts) if lefts else None


def reserve(machine: Machine, frame: Frame, need: Amount) -> bool:
    """Reserve `need` for `frame`, or (False) queue the frame until something is settled: it is then `granted` and asks
    again.

    Raises `FlowFailed` with kind `BudgetExceeded` when the need does not fit at all.
    """
    purses = chain(machine.state, frame.purse)
    for purse in purses:
        exceeded = _exceeded(purse, need, with_reserved=False)
        if exceeded is not None:
            raise FlowFailed(exceeds(purse, exceeded, need, frame.path))
    if any(_exceeded(purse, need, with_reserved=True) for purse in purses):
        machine.state.waiting.append(frame.path)
        return False
    for purse in purses:
        _add(purse.reserved, need)
    frame.memory["reserved"] = need
    return True


def settle(machine: Machine, frame: Frame, spent: Amount) -> None:
    """Put what was really spent in the place of the frame's reservation."""
    reserved = frame.memory.pop("reserved")
    for purse in chain(machine.state, frame.purse):
        _subtract(purse.reserved, reserved)
        _add(purse.spent, spent)
    waiting, machine.state.waiting = machine.state.waiting, []
    machine.queue.extend(Task("granted", path) for path in waiting)


def stop_waiting(machine: Machine, frame: Frame) -> bool:
    """Leave the queue; says whether the frame was in it."""
    if frame.path not in machine.state.waiting:
        return False
    machine.state.waiting.remove(frame.path)
    return True


def exceeds(purse: Purse, unit: str, need: Amount, path: str) -> Failure:
    limit, spent = getattr(purse, unit), getattr(purse.spent, unit)
    needed = getattr(need, unit)
    message = (
        f"the budget of `{shown(purse, path)}` is {limit} {unit}; {spent} are spent and this step needs up to {needed}"
    )
    details = {"limit": unit, "allowed": _plain(limit), "spent": _plain(spent), "needed": _plain(needed)}
    return Failure(BUDGET_EXCEEDED, message, path, details, purse=purse.path)


def shown(purse: Purse, path: str) -> str:
    """The name of a purse for people; that of the run is the flow, with which every path begins."""
    return path.split("/", 1)[0] if purse.parent is None else purse.path


def total(state: State) -> Amount:
    """What the whole run has spent."""
    purse = state.purses.get(ROOT)
    return purse.spent if purse is not None else Amount()


def as_spent(amount: Amount) -> Spent:
    return Spent(format(amount.usd.normalize(), "f"), amount.tokens, amount.calls)


def from_spent(spent: Spent) -> Amount:
    return Amount(Decimal(spent.usd), spent.tokens, spent.calls)


def lease(state: State, path: str, budget: Budget) -> Lease:
    """What a child gets: the smaller of what it declares and what is left in the purse at `path`, for each unit."""
    usd = smaller(budget.usd, left(state, path, "usd"))
    return Lease(
        format(usd, "f") if usd is not None else None,
        smaller(budget.tokens, left(state, path, "tokens")),
        smaller(budget.calls, left(state, path, "calls")),
    )


def from_lease(lent: Lease) -> Amount:
    """What to reserve for a lease; an unlimited one draws on no limit here."""
    return Amount(Decimal(lent.usd or 0), lent.tokens or 0, lent.calls or 0)


def _exceeded(purse: Purse, need: Amount, *, with_reserved: bool) -> str | None:
    for unit in UNITS:
        limit = getattr(purse, unit)
        if limit is None or not getattr(need, unit):
            continue
        taken = getattr(purse.spent, unit) + (getattr(purse.reserved, unit) if with_reserved else 0)
        if taken + getattr(need, unit) > limit:
            return unit
    return None


def _add(total: Amount, amount: Amount) -> None:
    total.usd += amount.usd
    total.tokens += amount.tokens
    total.calls += amount.calls


def _subtract(total: Amount, amount: Amount) -> None:
    total.usd -= amount.usd
    total.tokens -= amount.tokens
    total.calls -= amount.calls


def _plain(number: Decimal | int) -> str | int:
    return format(number, "f") if isinstance(number, Decimal) else number


def out_of_time(machine: Machine, frame: Frame) -> Failure:
    """The failure of a frame whose deadline has passed."""
    purse = machine.state.purses[frame.path]
    return Failure(
        BUDGET_EXCEEDED,
        f"the time of `{shown(purse, machine.state.flow)}` is over",
        frame.path,
        {"limit": "time", "allowed": purse.deadline},
        purse=purse.path,
    )
