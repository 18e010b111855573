"""A purse that parks: who finds it used up waits, while people are asked for more.

The question is a frame beside the body of the `budget` or `loop`, so nothing of that is ended: what waits goes on with
what is given, and everything else goes on meanwhile. While it is open, nobody who finds too little in this purse fails.
Each question has a last stage, so nobody waits for ever. What was refused once is not asked for again: then the purse
is like any other, and all that wait find it used up.

Only this purse gets more. Those around keep their limits, and one of them that has too little ends what asks at once.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from dsl.ast.people import Stage
from dsl.ast.statements import BudgetBlock, Loop
from interpreter.core.budgeted_memory import BudgetedMemory
from interpreter.core.machine import ROOT, Machine
from interpreter.core.memory import Memory
from interpreter.core.recorded import recorded
from interpreter.core.state import Frame, Purse

SEGMENT = "/more#"
MostUnit = Literal["usd", "tokens", "calls", "iterations"]


@recorded
@dataclass(slots=True)
class AskForMoreMemory(Memory):
    """Of what is asked for, and what people are told of it."""

    unit: str = ""
    text: str = ""


def stages(machine: Machine, frame: Frame) -> tuple[Stage, ...]:
    """Who is asked for more of the budget of `frame`."""
    node = machine.node(frame)
    return node.asks if isinstance(node, Loop | BudgetBlock) else ()


def is_question(frame: Frame, child: str) -> bool:
    return child.startswith(frame.path + SEGMENT)


def may_ask(machine: Machine, purse: Purse) -> bool:
    """Whether this purse is asked for more, or can be, instead of being used up."""
    if purse.path == ROOT:
        return False
    frame = machine.state.frames[purse.path]
    memory = frame.memory
    if not isinstance(memory, BudgetedMemory) or frame.cancelling or memory.expired is not None:
        return False
    return memory.phase == "body" and not memory.refused and bool(stages(machine, frame))


def ask(machine: Machine, frame: Frame, unit: str, text: str) -> None:
    """Ask, unless that is asked already. `frame` has the budget."""
    memory = cast(BudgetedMemory, frame.memory)
    if memory.asking:
        return
    memory.asked += 1
    memory.asking = True
    segment = f"{SEGMENT}{memory.asked}"
    machine.open(frame, segment, "AskForMore", address="", memory=AskForMoreMemory(unit, text))


def give(machine: Machine, frame: Frame, amount: dict[str, object] | None) -> None:
    """The question is over: with more, or without. Who waits looks again."""
    memory, purse = cast(BudgetedMemory, frame.memory), machine.state.purses.get(frame.path)
    memory.asking = False
    memory.refused = amount is None
    for unit, more in (amount or {}).items():
        if purse is not None and unit == "usd" and purse.usd is not None:
            purse.usd += cast(Decimal, more)
        elif purse is not None and unit in ("tokens", "calls"):
            setattr(purse, unit, getattr(purse, unit) + more)
