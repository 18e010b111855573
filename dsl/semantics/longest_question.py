"""How long people may be asked at most in what is called: one question there, with all its stages.

A time budget holds for what is called too, so a question that waits longer than the budget around the call is cut off
before its last stage, wherever it stands: an approval, the gate of an agent's tool, or who is asked for more of a
budget. What has a time budget of its own is as long as that, which is compared elsewhere.

The longest of each flow and agent is the longest of its own and of those that it calls; that is gone over, called ones
first, until nothing changes, which is at once where none calls itself.
"""

from collections.abc import Iterator
from functools import cached_property

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.statements import AwaitApproval, BudgetBlock, Loop
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import CallGraph, call_graph
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class


@dataclass(frozen=True, slots=True)
class Question:
    """`words` say what may wait so many `milliseconds`; it stands at `node`."""

    milliseconds: int
    words: str
    node: Node


def asking(stages: tuple[Stage, ...]) -> int:
    return sum(stage.timeout for stage in stages if stage.timeout is not None)


class LongestQuestions:
    """Of the flows and agents of a text, once anybody wants to know."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def within(self, called: str) -> Question | None:
        """The longest one in what is called; None where nobody is asked, or where that has a time of its own."""
        return self._known.get(called)

    @cached_property
    def _known(self) -> dict[str, Question]:
        graph = call_graph(self._facts)
        open_ = {name for name in graph.direct if not _has_time(graph, name)}
        known: dict[str, Question] = {}
        order, changed = [name for name in _called_first(graph) if name in open_], True
        for name in order:
            _keep_longest(known, name, _own(graph, name))
        while changed:
            changed = False
            for name in order:
                below = (known[target] for target in graph.direct[name] if target in known)
                changed = _keep_longest(known, name, below) or changed
        return known


def _keep_longest(known: dict[str, Question], name: str, found: Iterator[Question]) -> bool:
    """Whether one is longer than what was known."""
    before = known.get(name)
    for each in found:
        if each.milliseconds > (known[name].milliseconds if name in known else 0):
            known[name] = each
    return known.get(name) is not before


def _has_time(graph: CallGraph, name: str) -> bool:
    flow = graph.flows.get(name)
    return flow is not None and flow.budget is not None and flow.budget.time is not None


def _own(graph: CallGraph, name: str) -> Iterator[Question]:
    """Those that a flow or an agent asks itself."""
    node: FlowDeclaration | AgentDeclaration = graph.flows[name] if name in graph.flows else graph.agents[name]
    yield Question(asking(node.asks), "asking for more of its budget", node)
    if isinstance(node, AgentDeclaration):
        for use in node.uses:
            yield Question(asking(use.gate), f"the gate of `{use.target}`", use)
        return
    nodes = by_class(node)
    for each in (*nodes.get(AwaitApproval, ()), *nodes.get(Loop, ()), *nodes.get(BudgetBlock, ())):
        if isinstance(each, AwaitApproval):
            yield Question(asking(each.stages), f"approval `{each.name}`", each)
        elif isinstance(each, Loop | BudgetBlock):
            yield Question(asking(each.asks), "asking for more of a budget", each)


def _called_first(graph: CallGraph) -> list[str]:
    order: dict[str, None] = {}
    waiting = [(name, False) for name in graph.direct]
    seen: set[str] = set()
    while waiting:
        name, is_done = waiting.pop()
        if is_done:
            order[name] = None
        elif name not in seen:
            seen.add(name)
            waiting += [(name, True), *((target, False) for target in graph.direct[name] if target in graph.direct)]
    return list(order)
