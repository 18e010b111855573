"""Which calls are carried: by a small run of their own, so that the run itself can continue as new meanwhile.

A run cannot continue as new while a call of its own is in flight, because the answer would be lost. Past the hard limit
it therefore starts nothing new, and waits. That is no harm where the call is over soon, or nothing else goes on; it is
where a tool that takes an hour stands beside a loop. So a call is carried where both are true:

- It may take longer than five minutes, as its tool, its agent or its step says: so long the rest can wait for it.
- More can come beside it than `MOST_BESIDE` events: what other branches do, what goes on after a race whose losers
  finish, and what is sent from outside, where the flow awaits events. It is reckoned from the sealed definition, and
  from how many branches there are; nothing is known of how fast anything will be.

The reckoning may be coarse: it is asked for only where an author has written a time of more than five minutes, and a
call that is carried for nothing costs some twenty events in a run of its own. What a driver that cannot lose an answer
makes of it is its own business: the simulation carries nothing.
"""

from math import inf
from typing import cast

from dsl.ast import defaults
from dsl.ast.address import label
from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import ListLiteral, Widen
from dsl.ast.node import Node
from dsl.ast.shapes import shape
from dsl.ast.statements import AwaitFirst, Block, Branch, For, Loop, Parallel, ParallelFor, Step, Waiting
from dsl.definition.definition import Definition
from interpreter.core.fan_memory import FanMemory
from interpreter.core.machine import Machine
from interpreter.core.state import Frame

MOST_BESIDE = 1_000
"""Events that may come beside a call of the run's own. An execution has 2,500 before it looks for a place to end."""
OF_A_CALL, OF_A_TURN, OF_A_WAIT = 10, 20, 20
"""About as many events: one attempt, and what its end lets the run do; a model's answer and a call or two; a question
with its votes, a pause."""

_FANS = ("parallel", "race")


def may_carry(definition: Definition) -> bool:
    """Whether there is anything to be carried in a run of the definition."""
    nodes = definition.addresses(definition.flow).values()
    statements = [node for node in nodes if not isinstance(node, Block)]
    times = [tool.timeout or 0 for tool in definition.tools.values()]
    times += [agent.timeout or 0 for agent in definition.agents.values()]
    times += [node.timeout or 0 for node in statements if isinstance(node, Step)]
    if max(times, default=0) <= defaults.LONGEST_IN_PLACE:
        return False
    return bool(definition.events(definition.flow)) or any(shape(node).word(node) in _FANS for node in statements)


def is_carried(machine: Machine, frame: Frame, timeout: int) -> bool:
    """Whether a call that is made from `frame`, and may take so many milliseconds, is."""
    return timeout > defaults.LONGEST_IN_PLACE and _beside(machine, frame) > MOST_BESIDE


def _beside(machine: Machine, frame: Frame) -> float:
    definition, frames = machine.definition, machine.state.frames
    if definition.events(machine.state.flow):
        return inf
    found, below = 0.0, frame
    while below.parent is not None:
        above = frames[below.parent]
        if isinstance(above.memory, FanMemory):
            found += _other_branches(machine, above, below, above.memory.items_in_all)
        else:
            others = (frames[path] for path in above.children if path != below.path and path in frames)
            found += sum(_events_at(machine, each) for each in others)
        below = above
    return found


def _other_branches(machine: Machine, fan: Frame, ours: Frame, items: int) -> float:
    definition, node = machine.definition, cast("Parallel | ParallelFor", machine.node(fan))
    found = 0.0
    if node.first is not None and node.first.finish_rest and fan.parent is not None:
        found += _events_at(machine, machine.state.frames[fan.parent])
    if isinstance(node, ParallelFor):
        return found + (items - 1) * _events(definition, node.body)
    named = ((f"{fan.path}/{label(branch, place)}", branch) for place, branch in enumerate(node.branches))
    return found + sum(_events(definition, branch) for path, branch in named if path != ours.path)


def _events_at(machine: Machine, frame: Frame) -> float:
    node = machine.definition.addresses(machine.state.flow).get(frame.address)
    return 0.0 if node is None else _events(machine.definition, node)


def _events(definition: Definition, node: Node) -> float:
    """About how many the run has of it, at most; infinitely many where nobody has written how often it is done."""
    if isinstance(node, Block):
        return sum(_events(definition, each) for each in node.statements)
    if isinstance(node, Branch):
        return _events(definition, node.body)
    if isinstance(node, Step):
        return _of_step(definition, node)
    inside: list[Node] = [block for _, block in shape(node).blocks(node)]
    if isinstance(node, Parallel):
        inside += [branch for branch in node.branches if not isinstance(branch, Branch)]
    elif isinstance(node, AwaitFirst) and node.race is not None:
        inside.append(node.race)
    once = (OF_A_WAIT if isinstance(node, Waiting) else 0) + sum(_events(definition, each) for each in inside)
    return once * _times(node) if once else 0.0


def _of_step(definition: Definition, step: Step) -> float:
    agent = definition.agents.get(step.call.target)
    return OF_A_CALL if agent is None else OF_A_TURN * _turns(agent)


def _turns(agent: AgentDeclaration) -> int:
    if not agent.uses:
        return 1
    return (agent.budget.turns if agent.budget is not None else None) or defaults.MOST_TURNS_TOLD


def _times(node: Node) -> float:
    if isinstance(node, Loop):
        return (node.budget.iterations if node.budget is not None else None) or inf
    if not shape(node).repeats:
        return 1
    over = cast("For | ParallelFor", node)
    source = over.source
    while isinstance(source, Widen):
        source = source.value
    return len(source.items) if isinstance(source, ListLiteral) else over.at_most or inf
