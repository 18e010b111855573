"""Reserve before a call, settle after it.

A reservation is made in every purse from the frame's own up to the run's, in all of them or in none, within one event.
It waits at the first purse that has no room while others hold reservations there, and fails only when it would not fit
without them. Each purse keeps a queue: when something is settled, its first is asked again, and when that one has got
what it needs, or gives up, the next.

Nothing is overspent: in each purse and unit, what is spent and what is reserved are together at most the limit. A
reservation is added only where that stays so, a call starts only with one, and settling puts what was spent in its
place. So the limit holds as long as no call costs more than was reserved for it.

Nothing waits for ever: whoever waits, waits at one purse and holds nothing, so there is no circle. A purse at which
somebody waits has a reservation, because what does not fit beside what is spent has failed at once. That reservation
belongs to a call or a child under way; it ends, is settled, and wakes the queue. Whoever leaves the head of a queue, by
its turn, for another queue, by failure or by a cancel, wakes the next.
"""

from decimal import Decimal

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.purses import UNITS, chain, check_time, shown
from interpreter.core.state import Amount, Frame, Purse, Task


def reserve(machine: Machine, frame: Frame, need: Amount) -> bool:
    """Reserve `need` for `frame`, or (False) queue the frame: it is `granted` when there may be room, and asks again.

    Raises `FlowFailed` with kind `BudgetExceeded` when the need does not fit at all, or the time is over.
    """
    purses = chain(machine.state, frame.purse)
    try:
        check_time(machine, frame)
        _check_fits(purses, need, frame)
    except FlowFailed:
        stop_waiting(machine, frame)
        raise
    full = next((purse for purse in purses if _exceeded(purse, need, with_reserved=True)), None)
    if full is not None:
        _wait(machine, frame, full)
        return False
    for purse in purses:
        _add(purse.reserved, need)
    frame.reserved = need
    stop_waiting(machine, frame)
    return True


def settle(machine: Machine, frame: Frame, spent: Amount) -> None:
    """Put what was really spent in the place of the frame's reservation."""
    reserved, frame.reserved = frame.reserved, None
    assert reserved is not None
    for purse in chain(machine.state, frame.purse):
        _subtract(purse.reserved, reserved)
        _add(purse.spent, spent)
        _wake(machine, purse)


def stop_waiting(machine: Machine, frame: Frame) -> None:
    """Leave the queue that the frame stands in, if any."""
    if frame.waits_at is None:
        return
    purse = machine.state.purses[frame.waits_at]
    frame.waits_at = None
    was_first = purse.waiting[0] == frame.path
    purse.waiting.remove(frame.path)
    if was_first:
        _wake(machine, purse)


def _wait(machine: Machine, frame: Frame, purse: Purse) -> None:
    if frame.waits_at != purse.path:
        stop_waiting(machine, frame)
        purse.waiting.append(frame.path)
        frame.waits_at = purse.path


def _wake(machine: Machine, purse: Purse) -> None:
    if purse.waiting:
        machine.queue.append(Task("granted", purse.waiting[0]))


def _check_fits(purses: list[Purse], need: Amount, frame: Frame) -> None:
    for purse in purses:
        unit = _exceeded(purse, need, with_reserved=False)
        if unit is not None:
            raise FlowFailed(_exceeds(purse, unit, need, frame.path))


def _exceeded(purse: Purse, need: Amount, *, with_reserved: bool) -> str | None:
    """The first unit of which there is not enough."""
    for unit in UNITS:
        limit = getattr(purse, unit)
        if limit is None or not getattr(need, unit):
            continue
        taken = getattr(purse.spent, unit) + (getattr(purse.reserved, unit) if with_reserved else 0)
        if taken + getattr(need, unit) > limit:
            return unit
    return None


def _exceeds(purse: Purse, unit: str, need: Amount, path: str) -> Failure:
    limit, spent, needed = getattr(purse, unit), getattr(purse.spent, unit), getattr(need, unit)
    message = (
        f"the budget of `{shown(purse, path)}` is {limit} {unit}; {spent} are spent and this step needs up to {needed}"
    )
    details = {"limit": unit, "allowed": _plain(limit), "spent": _plain(spent), "needed": _plain(needed)}
    return Failure(BUDGET_EXCEEDED, message, path, details, purse=purse.path)


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
