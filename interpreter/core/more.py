"""A purse that parks: who finds it used up waits, while people are asked for more.

The question is a frame below that of the `budget` or `loop`, of the agent's step or of the run, beside all that goes on
there, so nothing of that is ended: what waits goes on with what is given, and everything else goes on meanwhile. While
it is open, nobody who finds too little in this purse fails.
Each question has a last stage, so nobody waits for ever. What was refused once is not asked for again: then the purse
is like any other, and all that wait find it used up.

Only this purse gets more. Those around keep their limits, and one of them that has too little ends what asks at once.
A run that another one has started has two limits: its own budget, which is in its purse and of which people may give
more, and what it was lent, which nobody there can raise. So they are asked for no more than that, and not at all for
what would not fit into it. A flow that asks is lent what its text can spend, as if it had no budget of its own.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from interpreter.core.machine import ROOT, Machine
from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame, Purse, State

SEGMENT = "/more#"


@recorded
@dataclass(slots=True)
class AskForMoreMemory(Memory):
    """Of what is asked for, and what people are told of it."""

    unit: str = ""
    text: str = ""


def is_question(machine: Machine, frame: Frame, child: str) -> bool:
    return child.startswith(_begins(machine, frame))


def may_ask(machine: Machine, purse: Purse) -> bool:
    """Whether this purse is asked for more, or can be, instead of being used up."""
    frame = machine.state.frames[purse.path]
    construct = machine.table[frame.kind]
    if frame.cancelling or not construct.asks(machine, frame) or not construct.can_ask(frame):
        return False
    parking = construct.parking(frame)
    return parking is None or not parking.refused


def ask(machine: Machine, frame: Frame, unit: str, text: str) -> None:
    """Ask, unless that is asked already. `frame` has the budget."""
    parking = machine.table[frame.kind].parks(frame)
    if parking.asking:
        return
    parking.asked += 1
    parking.asking = True
    segment = f"{_begins(machine, frame)}{parking.asked}".removeprefix(frame.path)
    machine.open(frame, segment, "AskForMore", address="", memory=AskForMoreMemory(unit, text))


def give(machine: Machine, frame: Frame, amount: dict[str, object] | None) -> None:
    """The question is over: with more, or without. Who waits looks again."""
    parking, purse = machine.table[frame.kind].parks(frame), machine.state.purses.get(frame.path)
    parking.asking = False
    parking.refused = amount is None
    for unit, more in (amount or {}).items():
        if purse is not None and unit == "usd" and purse.usd is not None:
            purse.usd += cast(Decimal, more)
        elif purse is not None and unit in ("tokens", "calls"):
            setattr(purse, unit, getattr(purse, unit) + more)


def lent(state: State, purse: Purse, unit: str) -> Decimal | None:
    """How much of a unit those who called this run lent it, where `purse` is that of the run; None is no limit."""
    amount = getattr(state.lease, unit, None) if purse.path == ROOT else None
    return None if amount is None else Decimal(amount)


def can_be_given(state: State, purse: Purse, unit: str) -> Decimal | None:
    """How much more people can give: up to what was lent. None: as much as they like."""
    lease, own = lent(state, purse, unit), getattr(purse, unit, None)
    return None if lease is None or own is None else lease - own


def is_its_own(state: State, failure: Failure) -> bool:
    """Whether a run ends because its own budget was used up, and people gave no more, and not what it was lent."""
    details = failure.details if type(failure.details) is dict else {}
    lease = lent(state, state.purses[ROOT], str(details.get("limit")))
    return lease is None or Decimal(cast(str, details["allowed"])) < lease


def _begins(machine: Machine, frame: Frame) -> str:
    """How the paths of all questions for more of this budget begin; the run has its name there."""
    return (machine.state.flow if frame.path == ROOT else frame.path) + SEGMENT
