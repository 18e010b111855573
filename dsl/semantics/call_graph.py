"""Which flow calls which, by a step or by way of agents that use it: for the main flow of a file, and for recursion."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, FunctionDeclaration, Summarise, Use, called_by
from dsl.ast.expressions import FunctionCall
from dsl.ast.node import Node
from dsl.ast.statements import Call, Step
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class

Calls = Mapping[str, Mapping[str, Node]]
"""For each declaration by name what it calls, by the name of the target, each with its first place."""
Way = tuple[tuple[str, Node], ...]
"""Calls one after the other: what is called, and where."""


@dataclass(frozen=True)
class CallGraph:
    """`direct` has flows and agents, and between them what steps call and agents use."""

    flows: Mapping[str, FlowDeclaration]
    agents: Mapping[str, AgentDeclaration]
    direct: Calls
    linked: frozenset[str] = frozenset()
    """Of the flows, those of other files that the checked one uses."""

    @cached_property
    def calls(self) -> Calls:
        """Flows alone: what an agent uses is called by every flow that steps it."""
        return {name: dict(self._called(name)) for name in self.flows}

    def _called(self, flow: str) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        waiting = list(self.direct[flow].items())
        for name, place in waiting:
            if name in seen:
                continue
            seen.add(name)
            if name in self.flows:
                yield name, place
            else:
                waiting += [(target, place) for target in self.direct.get(name, {})]

    def main(self) -> tuple[FlowDeclaration, ...]:
        """The flows of the checked file that no other one calls. One that calls only itself counts."""
        called = {target for caller, targets in self.calls.items() for target in targets if target != caller}
        return tuple(flow for name, flow in self.flows.items() if name not in called | self.linked)

    def cycle(self, start: str, excluded: frozenset[str]) -> Way:
        return cycle(self.calls, start, excluded)


def cycle(calls: Calls, start: str, excluded: frozenset[str]) -> Way:
    """A shortest way from `start` back to itself, through nothing that is excluded; empty without one."""
    came: dict[str, tuple[str, Node] | None] = {start: None}
    pending = [start]
    for name in pending:
        for target, place in calls.get(name, {}).items():
            if target == start and start not in excluded:
                return _way(came, name, (target, place))
            if target not in came and target not in excluded:
                came[target] = (name, place)
                pending.append(target)
    return ()


def _way(came: Mapping[str, tuple[str, Node] | None], name: str, last: tuple[str, Node]) -> Way:
    """The calls that led to `name`, and the last one."""
    way = [last]
    while (before := came[name]) is not None:
        way.append((name, before[1]))
        name = before[0]
    return tuple(reversed(way))


def call_graph(facts: Facts) -> CallGraph:
    flows: dict[str, FlowDeclaration] = {}
    agents: dict[str, AgentDeclaration] = {}
    direct: dict[str, dict[str, Node]] = {}
    for flow in facts.all(FlowDeclaration):
        if flows.setdefault(flow.name, flow) is flow:
            steps = (step.call for step in by_class(flow).get(Step, ()) if isinstance(step, Step))
            direct[flow.name] = _targets(steps, facts)
    for agent in facts.all(AgentDeclaration):
        if agents.setdefault(agent.name, agent) is agent and agent.name not in flows:
            direct[agent.name] = _targets(called_by(agent), facts)
    return CallGraph(flows, agents, direct, frozenset(facts.module.linked))


def _targets(calls: Iterable[Call | Use | Summarise], facts: Facts) -> dict[str, Node]:
    """Those that can go on from there: a tool calls nothing."""
    found: dict[str, Node] = {}
    for call in calls:
        signature = facts.callee_of(call)
        if signature is not None and signature.kind != "tool":
            found.setdefault(call.target, call)
    return found


def function_calls(facts: Facts) -> Calls:
    """Which declared function calls which."""
    found: dict[str, dict[str, Node]] = {}
    for function in facts.all(FunctionDeclaration):
        targets: dict[str, Node] = {}
        for call in by_class(function.value).get(FunctionCall, ()):
            if isinstance(call, FunctionCall) and facts.callee_of(call) is not None:
                targets.setdefault(call.function, call)
        found.setdefault(function.name, targets)
    return found


def called_first(facts: Facts) -> list[FlowDeclaration]:
    """All flows, those that are called before those that call them, as far as there is such an order."""
    graph = call_graph(facts)
    order: dict[str, FlowDeclaration] = {}
    waiting = [(name, False) for name in reversed(list(graph.flows))]
    seen: set[str] = set()
    while waiting:
        name, is_done = waiting.pop()
        if is_done:
            order[name] = graph.flows[name]
        elif name not in seen:
            seen.add(name)
            waiting += [(name, True), *((target, False) for target in graph.calls[name] if target in graph.flows)]
    return list(order.values())
