"""Reserve before a call, settle after it.

A reservation is made in every purse from the frame's own up to the run's, in all of them or in none, within one event.
It waits at the first purse that has no room while others hold reservations there, and fails only when it would not fit
without them. Each purse keeps a queue: when something is settled, its first is asked again, and when that one has got
what it needs, or gives up, the next.

Nothing is overspent: in each purse and unit, what is spent and what is reserved are together at most the limit. A
reservation is added only where that stays so, a call starts only with one, and settling puts what was spent in its
place. So the limit holds as long as no call costs more than was reserved for it. A provider that reports more than it
was allowed is charged what it reports, because that is owed; people are told, and what comes after does not fit.

A purse that parks (`more.py`) is an exception: who does not fit beside what is spent waits there all the same, while
people are asked for more, and is woken when that is decided.

Nothing waits for ever: whoever waits, waits at one purse and holds nothing, so there is no circle. A purse at which
somebody waits has a reservation, because what does not fit beside what is spent has failed at once. That reservation
belongs to a call or a child under way; it ends, is settled, and wakes the queue. Whoever leaves the head of a queue, by
its turn, for another queue, by failure or by a cancel, wakes the next.
"""

from decimal import Decimal
from typing import assert_never, overload

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.core import caps, costs, more
from interpreter.core.lefts import chain
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure, FlowFailed
from interpreter.core.purses import UNITS, Unit, check_time, shown
from interpreter.core.state import Amount, Frame, Purse, State, Task


def reserve(machine: Machine, frame: Frame, need: Amount) -> bool:
    """Reserve `need` for `frame`, or (False) queue the frame: it is `granted` when there may be room, and asks again.

    Raises `FlowFailed` with kind `BudgetExceeded` when the need does not fit at all, or the time is over.
    """
    purses = chain(machine.state, frame.purse)
    try:
        check_time(machine, frame)
        short = _check_fits(machine, purses, need, frame)
    except FlowFailed:
        stop_waiting(machine, frame)
        raise
    full = short or next((purse for purse in purses if _exceeded(purse, need, with_reserved=True)), None)
    if full is not None:
        _wait(machine, frame, full)
        return False
    for purse in purses:
        _add(purse.reserved, need)
    frame.reserved = need
    stop_waiting(machine, frame)
    return True


def settle(machine: Machine, frame: Frame, spent: Amount, *, made_up: bool = False) -> None:
    """Put what was really spent in the place of the frame's reservation, and of its claim. More than that is told. What
    is `made_up` costs nobody anything.
    """
    caps.settle(machine, frame, Amount() if made_up else spent)
    costs.charged(machine, frame, Amount() if made_up else spent)
    reserved, frame.reserved = frame.reserved, None
    assert reserved is not None
    over = [
        f"{_plain(unit, _of(spent, unit))} {unit} were spent, but {_plain(unit, _of(reserved, unit))} were reserved at "
        f"most; the budget of `{shown(purse, frame.path)}` is {_plain(unit, limit)} {unit}"
        for unit in UNITS
        if _of(spent, unit) > _of(reserved, unit)
        for purse, limit in _limits(chain(machine.state, frame.purse), unit)[:1]
    ]
    for purse in chain(machine.state, frame.purse):
        _subtract(purse.reserved, reserved)
        _add(purse.spent, spent)
        _wake(machine, purse)
    if over:
        _tell(machine, frame, "; ".join(over))


def did_not_fit(failure: Failure) -> bool:
    """Whether this is how a reservation fails: it was too much, and the time is not over."""
    return failure.kind == BUDGET_EXCEEDED and type(failure.details) is dict and failure.details["limit"] in UNITS


def look_again(machine: Machine, purse: str) -> None:
    """There may be more in this purse, or nobody gives more: who waits first looks, and the next after that."""
    _wake(machine, machine.state.purses[purse])


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


def _check_fits(machine: Machine, purses: list[Purse], need: Amount, frame: Frame) -> Purse | None:
    """The purse for which people are asked for more, if that is what `need` waits for now."""
    short = [(purse, unit) for purse in purses if (unit := _exceeded(purse, need, with_reserved=False)) is not None]
    for purse, unit in short:
        if not more.may_ask(machine, purse):
            raise FlowFailed(_exceeds(purse, unit, need, frame.path))
        _check_lease(machine.state, purse, need, frame.path)
    for purse, unit in short[:1]:
        text = f"{_exceeds(purse, unit, need, frame.path).message}. How much more may be spent?"
        most = more.can_be_given(machine.state, purse, unit)
        if most is not None:
            text += f" Up to {_plain(unit, most)} {unit}: more was not lent by what called `{shown(purse, frame.path)}`"
        more.ask(machine, machine.state.frames[purse.path], unit, text)
        return purse
    return None


def _check_lease(state: State, purse: Purse, need: Amount, path: str) -> None:
    """Whatever people give, a run spends no more than it was lent."""
    for unit in UNITS:
        lent, spent, needed = more.lent(state, purse, unit), _of(purse.spent, unit), _of(need, unit)
        if lent is not None and needed and spent + needed > lent:
            raise FlowFailed(_lacks(purse, unit, (lent, spent, needed), path, "what was lent to"))


def _exceeded(purse: Purse, need: Amount, *, with_reserved: bool) -> Unit | None:
    """The first unit of which there is not enough."""
    for unit in UNITS:
        needed, limit = _of(need, unit), _of(purse, unit)
        if limit is None or not needed:
            continue
        taken = _of(purse.spent, unit) + (_of(purse.reserved, unit) if with_reserved else 0)
        if taken + needed > limit:
            return unit
    return None


def _limits(purses: list[Purse], unit: Unit) -> list[tuple[Purse, Decimal]]:
    """The purses that limit `unit`, and to what."""
    return [(purse, limit) for purse in purses if (limit := _of(purse, unit)) is not None]


def _tell(machine: Machine, frame: Frame, what: str) -> None:
    """People are told of what they know: the step, and not the call that it is made of."""
    while machine.table[frame.kind].node is None:
        assert frame.parent is not None
        frame = machine.state.frames[frame.parent]
    machine.note("overspent", frame, machine.table[frame.kind].node or "", detail=what)


def _exceeds(purse: Purse, unit: Unit, need: Amount, path: str) -> Failure:
    """`unit` is one that the purse limits."""
    amounts = (_of(purse, unit) or Decimal(0), _of(purse.spent, unit), _of(need, unit))
    return _lacks(purse, unit, amounts, path, "the budget of")


def _lacks(purse: Purse, unit: Unit, amounts: tuple[Decimal, Decimal, Decimal], path: str, what: str) -> Failure:
    """`amounts`: what there is in all, what is spent, and what is needed."""
    limit, spent, needed = (_plain(unit, amount) for amount in amounts)
    message = f"{what} `{shown(purse, path)}` is {limit} {unit}; {spent} are spent and this step needs up to {needed}"
    details = {"limit": unit, "allowed": limit, "spent": spent, "needed": needed}
    return Failure(BUDGET_EXCEEDED, message, path, details, purse=purse.path)


def _add(total: Amount, amount: Amount) -> None:
    total.usd += amount.usd
    total.tokens += amount.tokens
    total.calls += amount.calls


def _subtract(total: Amount, amount: Amount) -> None:
    total.usd -= amount.usd
    total.tokens -= amount.tokens
    total.calls -= amount.calls


@overload
def _of(what: Amount, unit: Unit) -> Decimal: ...
@overload
def _of(what: Purse, unit: Unit) -> Decimal | None: ...


def _of(what: Amount | Purse, unit: Unit) -> Decimal | None:
    """How much of a unit; of a purse, its limit. Decimals are exact, so one type does for all three."""
    match unit:
        case "usd":
            return what.usd
        case "tokens":
            number = what.tokens
        case "calls":
            number = what.calls
        case _:
            assert_never(unit)
    return None if number is None else Decimal(number)


def _plain(unit: Unit, number: Decimal) -> str | int:
    return format(number, "f") if unit == "usd" else int(number)
