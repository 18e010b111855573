"""What is left of the budgets where something stands: the least of what its own purse and those around have."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal, TypeVar, overload

from dsl.ast.left import LeftUnit
from dsl.expressions.values import Value
from interpreter.core.budgeted_memory import LoopMemory
from interpreter.core.state import Frame, Purse, State

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


@overload
def left(state: State, path: str, unit: Literal["usd"]) -> Decimal | None: ...
@overload
def left(state: State, path: str, unit: Literal["tokens", "calls"]) -> int | None: ...


def left(state: State, path: str, unit: str) -> Decimal | int | None:
    """What may still be spent from the purse at `path`, reservations of others not counted; None is no limit."""
    lefts = [left_in(purse, unit) for purse in chain(state, path) if getattr(purse, unit) is not None]
    return min(lefts) if lefts else None


def left_in(purse: Purse, unit: str) -> Decimal | int:
    """Of the type of what is spent: nothing that is left of money is divided like money too."""
    limit, spent = getattr(purse, unit), getattr(purse.spent, unit)
    spare: Decimal | int = limit - min(limit, spent)
    return spare


def deadline(state: State, path: str) -> float | None:
    """When the time of the purse at `path`, or of one around it, is over first; those of the parents count too."""
    deadlines = [state.lease.deadline, *(purse.deadline for purse in chain(state, path))]
    return min((each for each in deadlines if each is not None), default=None)


_NOTHING: dict[str, Decimal | int] = {"usd": Decimal(0), "tokens": 0, "calls": 0}


def left_at(state: State, frame: Frame, unit: LeftUnit) -> Value:
    """`budget.left.UNIT`, for what stands at `frame`: what can be had at once, so what others have reserved is gone.

    The check has seen that there is such a limit.
    """
    match unit:
        case "iterations":
            return _rounds_left(state, frame)
        case "time":
            end = deadline(state, frame.purse)
            assert end is not None
            return timedelta(milliseconds=max(0, int(1000 * (end - state.now))))
        case "usd" | "tokens" | "calls":
            purses = [purse for purse in chain(state, frame.purse) if getattr(purse, unit) is not None]
            frees: list[Decimal | int] = [
                max(left_in(purse, unit) - getattr(purse.reserved, unit), _NOTHING[unit]) for purse in purses
            ]
            return min(frees)


def _rounds_left(state: State, frame: Frame) -> int:
    """Of the innermost loop around that counts them: how many follow the one that is under way."""
    at: Frame | None = frame
    while at is not None:
        memory = at.memory
        if type(memory) is LoopMemory and memory.phase == "body" and memory.most is not None:
            return memory.most - memory.next
        at = state.frames[at.parent] if at.parent is not None else None
    raise AssertionError(f"no loop around {frame.path} counts its rounds")
