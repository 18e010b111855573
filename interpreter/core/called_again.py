"""Whether a call of a tool may be made again, and how long it waits for who can take it. Looks, and changes nothing.

A call that may have taken effect is made again only where that does no harm: it changes nothing more, or the tool still
knows its key, which counts from the first attempt. On the way out of a flow nothing is called again only to be undone;
a branch of a race that has lost is no way out: the flow goes on, and stops where the end of that call stays unknown.
"""

from typing import cast

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.statements import Step
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.core import certainty, lefts, policies
from interpreter.core.fan_memory import has_lost
from interpreter.core.machine import Machine
from interpreter.core.state import Frame
from interpreter.core.step_memory import as_chosen
from interpreter.core.tool_call_memory import ToolCallMemory


def step_of(machine: Machine, frame: Frame) -> Step | None:
    """The step whose options count more than the tool's; None where there is none that has any."""
    memory = _memory(frame)
    if not memory.overrides or memory.by_agent:
        return None
    of = machine.state.frames.get(frame.parent or "")
    return as_chosen(cast(Step, machine.node(frame)), of.memory if of is not None else None)


def is_looked_up(machine: Machine, frame: Frame) -> bool:
    """Whether a call that was told to end is made again under its key all the same: it may have taken effect in a
    branch that has lost, and its undo needs its answer.
    """
    memory, tool = _memory(frame), _tool(machine, _memory(frame))
    may_have = memory.overrides and tool.effect.keyed and may_have_happened(memory)
    return may_have and has_lost(machine, frame) and certainty.leaves_doubt(tool, step_of(machine, frame))


def may_ask_later(machine: Machine, memory: ToolCallMemory) -> bool:
    """Whether the key still holds when an attempt that may yet take effect has surely ended."""
    wait = int(1000 * (memory.over_at - machine.state.now)) + 1
    return policies.may_repeat(_tool(machine, memory), key_left(machine, memory), wait)


def is_patient(machine: Machine, frame: Frame, kind: str) -> bool:
    """Whether the call may wait on for a worker that can take it; the budgets around end it by themselves. A step
    waits for a missing object like any other that needs it: until it is back.
    """
    memory, step = _memory(frame), step_of(machine, frame)
    if kind == OBJECT_MISSING and memory.overrides:
        return True
    patience = (step.patience if step else None) or _tool(machine, memory).patience
    if patience is None:
        bounded = any(purse.deadline is not None for purse in lefts.chain(machine.state, frame.purse))
        if memory.overrides and bounded:
            return True
        patience = policies.DEFAULT_PATIENCE
    return machine.state.now - memory.first_at < patience / 1000


def may_have_happened(memory: ToolCallMemory) -> bool:
    return memory.doubt is not None or memory.happened


def start_within(machine: Machine, memory: ToolCallMemory) -> int | None:
    """A call that may have taken effect is begun again while the tool knows its key, or not at all: the server holds it
    for a worker, which may come much later.
    """
    left = key_left(machine, memory)
    return None if left is None or not may_have_happened(memory) else max(int(left), 1)


def key_left(machine: Machine, memory: ToolCallMemory) -> float | None:
    """For how many milliseconds more the tool knows the key of the first attempt; None is for ever."""
    limit = _tool(machine, memory).effect.keyed_for
    return None if limit is None else limit - (machine.state.now - memory.first_at) * 1000


def _memory(frame: Frame) -> ToolCallMemory:
    return cast(ToolCallMemory, frame.memory)


def _tool(machine: Machine, memory: ToolCallMemory) -> ToolDeclaration:
    return machine.definition.tools[memory.tool]
