"""What an agent has taken so far, for people: counted at each agent around, so one that it calls is in its numbers."""

from dataclasses import replace
from decimal import Decimal

from interpreter.boundary.payloads import ChatUsage
from interpreter.boundary.view import Counts
from interpreter.core import purses
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.machine import Machine
from interpreter.core.state import Amount, Frame


def charged(machine: Machine, frame: Frame, amount: Amount, usage: ChatUsage | None = None) -> None:
    """An attempt at a model below `frame` was charged `amount`; `usage` is what was reported."""
    spent = purses.as_spent(amount)
    at: Frame | None = frame
    while at is not None:
        memory = at.memory
        if type(memory) is AgentStepMemory:
            so_far = memory.counts or Counts()
            memory.counts = replace(
                so_far,
                tokens=so_far.tokens + spent.tokens,
                input_tokens=so_far.input_tokens + (usage.input_tokens if usage is not None else 0),
                output_tokens=so_far.output_tokens + (usage.output_tokens if usage is not None else 0),
                usd=format((Decimal(so_far.usd) + Decimal(spent.usd)).normalize(), "f"),
            )
        at = machine.state.frames[at.parent] if at.parent is not None else None


def turned(memory: AgentStepMemory, calls: int) -> None:
    """A turn of the agent is known to be one, with so many calls."""
    assert memory.talk is not None
    so_far = memory.counts or Counts()
    memory.counts = replace(so_far, turns=memory.talk.turns, calls=so_far.calls + calls)
