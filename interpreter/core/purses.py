"""Budgets: a tree of purses, opened and closed with the frames that they belong to; deadlines; leases to children."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dsl.ast.declarations import FlowDeclaration, bounding
from dsl.ast.statements import Budget
from interpreter.boundary.beginnings import Lease
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.payloads import Spent
from interpreter.core import model_costs
from interpreter.core.commands import SetTimer
from interpreter.core.lefts import chain, deadline, left, left_in, smaller
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.state import Amount, Frame, Purse, State

Unit = Literal["usd", "tokens", "calls"]
UNITS: tuple[Unit, ...] = ("usd", "tokens", "calls")


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


@dataclass(frozen=True, slots=True)
class Beside:
    """How many branches run side by side where a child does, itself counted, and how many of them are one call."""

    branches: int = 1
    steps: int = 0


ALONE = Beside()


def lease(state: State, path: str, bound: Budget, enough: int | None = None, beside: Beside = ALONE) -> Lease:
    """What a child gets: the smaller of its `bound` and what is left in the purse at `path`, for each unit.

    Where the calls of all that run `beside` do not fit together, a share does, if that is `enough`; and one call stays
    for each step there that needs no more.
    """
    usd, calls = smaller(bound.usd, left(state, path, "usd")), smaller(bound.calls, left(state, path, "calls"))
    spare = left(state, path, "calls")
    if calls is not None and spare is not None and calls * beside.branches > spare:
        share = calls if enough is None else max(enough, spare // beside.branches)
        calls = min(calls, share, max(spare - beside.steps, 1))
    return Lease(
        format(usd, "f") if usd is not None else None,
        smaller(bound.tokens, left(state, path, "tokens")),
        calls,
        dict(state.depth),
        deadline(state, path),
    )


def bound_of(state: State, flow: FlowDeclaration, models: Iterable[str]) -> Budget:
    """What a run of `flow`, which can ask `models`, may spend at most: what it declares, unless people may give
    more, and what its text says. Money follows from the tokens, at the highest of the prices, and from what its tools
    cost.
    """
    declared, most = bounding(flow) or Budget(), flow.most or Budget()
    tokens = smaller(declared.tokens, most.tokens)
    usd = smaller(declared.usd, most.usd)
    prices = [state.prices.get(model) for model in models]
    if tokens is not None and flow.charges is not None:
        dearest = max((model_costs.dearest(each) for each in prices if each), default=None)
        usd = smaller(usd, None if dearest is None else tokens * dearest + flow.charges)
    return Budget(usd=usd, tokens=tokens, calls=smaller(declared.calls, most.calls))


def begin_depth(state: State, flow: FlowDeclaration) -> None:
    """How many levels of each recursive flow are left below this run, which is a level itself."""
    state.depth = dict(state.lease.depth)
    levels = smaller(flow.depth, state.depth.get(flow.name))
    if levels is not None:
        state.depth[flow.name] = levels - 1


def check_depth(state: State, flow: FlowDeclaration, path: str) -> None:
    """Raises `FlowFailed` when `flow` may not be started any deeper than here."""
    levels = smaller(flow.depth, state.depth.get(flow.name))
    if levels is not None and levels < 1:
        message = f"`{flow.name}` is {flow.depth} levels deep already, and no deeper one may start"
        details = {"limit": "depth", "allowed": flow.depth, "spent": flow.depth}
        raise FlowFailed(Failure(BUDGET_EXCEEDED, message, path, details))


def scarce(state: State, path: str, budget: Budget) -> dict[str, str]:
    """For each unit of which a child gets less than it declares: the purse at or around `path` that has so little."""
    found: dict[str, str] = {}
    for unit in UNITS:
        limited = [
            (left_in(purse, unit), purse.path) for purse in chain(state, path) if getattr(purse, unit) is not None
        ]
        declared = getattr(budget, unit)
        if limited and (declared is None or min(limited)[0] < declared):
            found[unit] = min(limited, key=lambda each: each[0])[1]
    return found


def from_lease(lent: Lease) -> Amount:
    """What to reserve for a lease; an unlimited one draws on no limit here."""
    return Amount(Decimal(lent.usd or 0), lent.tokens or 0, lent.calls or 0)


def is_all_of(spent: Spent | None, lent: Lease | None) -> bool:
    """Whether it is what was reserved, which is charged where nothing is said of it."""
    return spent is not None and lent is not None and from_spent(spent) == from_lease(lent)


def lent_time_by(state: State, path: str, allowed: object) -> str | None:
    """The purse at or around `path` that a child was out of time with; None when it was the child's own."""
    return next((purse.path for purse in chain(state, path) if purse.deadline == allowed), None)


def check_time(machine: Machine, frame: Frame) -> None:
    """Raises `FlowFailed` when a deadline around `frame` has passed."""
    failure = time_is_over(machine, frame)
    if failure is not None:
        raise FlowFailed(failure)


def time_is_over(machine: Machine, frame: Frame) -> Failure | None:
    """How `frame` fails where a deadline around it has passed: its timer may come later than other events."""
    state = machine.state
    for purse in chain(state, frame.purse):
        if purse.deadline is not None and state.now >= purse.deadline:
            return out_of_time(state, purse, frame.path)
    lent = state.lease.deadline
    if lent is None or state.now < lent:
        return None
    message = f"the time of those that called `{state.flow}` is over"
    return Failure(BUDGET_EXCEEDED, message, frame.path, {"limit": "time", "allowed": lent}, purse=ROOT)


def expired(machine: Machine, frame: Frame) -> Failure:
    """The failure of a frame whose own deadline has come."""
    return out_of_time(machine.state, machine.state.purses[frame.path], frame.path)


def out_of_time(state: State, purse: Purse, path: str) -> Failure:
    """The failure of what stands at `path` and must end, because the deadline of `purse` has passed."""
    return Failure(
        BUDGET_EXCEEDED,
        f"the time of `{shown(purse, state.flow)}` is over",
        path,
        {"limit": "time", "allowed": purse.deadline},
        purse=purse.path,
    )
