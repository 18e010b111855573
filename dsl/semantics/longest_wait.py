"""How long what is called may wait at most in one place: a question to people with all its stages, an event, a sleep, a
lock.

A time budget holds for what is called too, so what waits there longer than the budget around the call is cut off,
wherever it stands: a question is an approval, the gate of an agent's tool, or who is asked for more of a
budget. What has a time budget of its own is as long as that, which is compared elsewhere.

The longest of each flow and agent is the longest of its own and of those that it calls; that is gone over, called ones
first, until nothing changes, which is at once where none calls itself.
"""

from collections.abc import Iterator
from functools import cached_property

from dsl.ast.declarations import AgentDeclaration, Exclusive, FlowDeclaration, ToolDeclaration
from dsl.ast.defaults import LONGEST_LOCK_WAIT
from dsl.ast.node import Node, walk
from dsl.ast.people import Stage
from dsl.ast.statements import (
    AwaitApproval,
    AwaitEvent,
    BudgetBlock,
    ExclusiveBlock,
    FirstBranch,
    Loop,
    Sleep,
    Step,
)
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import CallGraph, call_graph
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import of_class
from dsl.semantics.symbols import Signature


@dataclass(frozen=True, slots=True)
class Wait:
    """`words` and what it `does` say what may wait so many `milliseconds`; it stands at `node`."""

    milliseconds: int
    words: str
    node: Node
    does: str = "may wait"


def asking(stages: tuple[Stage, ...]) -> int:
    return sum(stage.timeout for stage in stages if stage.timeout is not None)


def wait_of(node: Node, facts: Facts) -> Wait | None:
    """What a statement waits for itself, and not what stands in it. A lock is as long as somebody has written."""
    match node:
        case AwaitApproval(name=name, stages=stages):
            return Wait(asking(stages), f"approval `{name}`", node)
        case AwaitEvent(timeout=int(timeout)):
            return Wait(timeout, f"event `{node.expected.event}`", node, "may come")
        case FirstBranch(after=int(after)):
            return Wait(after, "`await first`", node)
        case Sleep(milliseconds=int(milliseconds)):
            return Wait(milliseconds, "a `sleep`", node, "takes")
        case ExclusiveBlock(within=within):
            return _of_lock(within, "`exclusive`", node)
        case Step(name=name, call=call):
            match facts.callee_of(call):
                case Signature(node=ToolDeclaration(exclusive=Exclusive(within=within))):
                    return _of_lock(within, f"`{name}`", node)
    return None


def _of_lock(within: int, words: str, node: Node) -> Wait | None:
    return None if within == LONGEST_LOCK_WAIT else Wait(within, words, node, "may wait for its lock")


class LongestWaits:
    """Of the flows and agents of a text, once anybody wants to know."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def within(self, called: str) -> Wait | None:
        """The longest one in what is called; None where nothing is waited for, or where that has a time of its own."""
        return self._known.get(called)

    @cached_property
    def _known(self) -> dict[str, Wait]:
        graph = call_graph(self._facts)
        open_ = {name for name in graph.direct if not _has_time(graph, name)}
        known: dict[str, Wait] = {}
        order, changed = [name for name in _called_first(graph) if name in open_], True
        for name in order:
            _keep_longest(known, name, _own(self._facts, graph, name))
        while changed:
            changed = False
            for name in order:
                left_alone = _detached(self._facts, graph, name)
                below = (known[target] for target in graph.direct[name] if target in known and target not in left_alone)
                changed = _keep_longest(known, name, below) or changed
        return known


def _detached(facts: Facts, graph: CallGraph, name: str) -> set[str]:
    """What a flow calls, and never waits for."""
    found: tuple[set[str], set[str]] = set(), set()
    for step in of_class(graph.flows[name], Step) if name in graph.flows else ():
        called = facts.callee_of(step.call)
        if called is not None and called.node is not None:
            found[step.detached].add(called.node.name)
    waited_for, left_alone = found
    return left_alone - waited_for


def _keep_longest(known: dict[str, Wait], name: str, found: Iterator[Wait]) -> bool:
    """Whether one is longer than what was known."""
    before = known.get(name)
    for each in found:
        if each.milliseconds > (known[name].milliseconds if name in known else 0):
            known[name] = each
    return known.get(name) is not before


def _has_time(graph: CallGraph, name: str) -> bool:
    flow = graph.flows.get(name)
    return flow is not None and flow.budget is not None and flow.budget.time is not None


def _own(facts: Facts, graph: CallGraph, name: str) -> Iterator[Wait]:
    """Those of a flow or an agent itself."""
    node: FlowDeclaration | AgentDeclaration = graph.flows[name] if name in graph.flows else graph.agents[name]
    yield Wait(asking(node.asks), "asking for more of its budget", node)
    if isinstance(node, AgentDeclaration):
        for use in node.uses:
            yield Wait(asking(use.gate), f"the gate of `{use.target}`", use)
        return
    yield from (found for each in walk(node) if (found := wait_of(each, facts)) is not None)
    budgets: list[Loop | BudgetBlock] = [*of_class(node, Loop), *of_class(node, BudgetBlock)]
    for budget in budgets:
        yield Wait(asking(budget.asks), "asking for more of a budget", budget)


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
