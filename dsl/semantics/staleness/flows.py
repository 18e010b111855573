"""All flows of a file, those that are called before those that call them; where flows call each other, once more.

What walks them is loaded where something waits.
"""

from typing import TYPE_CHECKING

from dsl.ast.declarations import FlowDeclaration, Use
from dsl.ast.statements import AwaitApproval, AwaitEvent, AwaitFirst, ExclusiveBlock, Loop, Sleep
from dsl.semantics.call_graph import call_graph, called_first
from dsl.semantics.facts import Facts
from dsl.semantics.staleness.effects import Effects, is_wait

if TYPE_CHECKING:
    from dsl.semantics.staleness.deciding import Stale

_WAITS = (AwaitApproval, AwaitEvent, AwaitFirst, Sleep, ExclusiveBlock, Loop)


def stale(facts: Facts) -> "list[Stale]":
    if not any(is_wait(each) for kind in _WAITS for each in facts.all(kind)) and not _gated(facts):
        return []
    from dsl.semantics.staleness.knowing import Summary
    from dsl.semantics.staleness.walk import FlowReadings

    flows, effects = called_first(facts), Effects(facts)
    summaries = {id(flow): Summary() for flow in flows}
    found: dict[int, Stale] = {}
    for _ in range(2 if _in_a_circle(facts, flows) else 1):
        for flow in flows:
            walked = FlowReadings(flow, facts, effects, summaries)
            walked.walk()
            summaries[id(flow)] = walked.summary
            found |= {at: each for at, each in walked.found.items() if at not in found}
    return list(found.values())


def _gated(facts: Facts) -> bool:
    return any(use.gate for use in facts.all(Use))


def _in_a_circle(facts: Facts, flows: list[FlowDeclaration]) -> bool:
    calls = call_graph(facts).calls
    position = {flow.name: at for at, flow in enumerate(flows)}
    return any(position[target] >= at for name, at in position.items() for target in calls[name] if target in position)
