"""Which flow calls which: for the main flow of a file, and for recursion."""

from collections.abc import Mapping
from dataclasses import dataclass

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import Call, Step
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class


@dataclass(frozen=True, slots=True)
class CallGraph:
    """For each flow by name, the calls of flows in it by the name of their target, each with its first place."""

    flows: Mapping[str, FlowDeclaration]
    calls: Mapping[str, Mapping[str, Call]]

    def main(self) -> tuple[FlowDeclaration, ...]:
        """The flows that no other one calls. One that calls only itself counts."""
        called = {target for caller, targets in self.calls.items() for target in targets if target != caller}
        return tuple(flow for name, flow in self.flows.items() if name not in called)

    def cycle(self, start: str, excluded: frozenset[str]) -> tuple[Call, ...]:
        """The calls of a shortest way from `start` back to itself, through no excluded flow; empty without one."""
        came: dict[str, tuple[str, Call] | None] = {start: None}
        pending = [start]
        for name in pending:
            for target, call in self.calls.get(name, {}).items():
                if target == start and start not in excluded:
                    return _way(came, name, call)
                if target not in came and target not in excluded:
                    came[target] = (name, call)
                    pending.append(target)
        return ()


def _way(came: Mapping[str, tuple[str, Call] | None], name: str, last: Call) -> tuple[Call, ...]:
    """The calls that led to `name`, and the last one."""
    way = [last]
    while (before := came[name]) is not None:
        name, call = before
        way.append(call)
    return tuple(reversed(way))


def call_graph(facts: Facts) -> CallGraph:
    flows: dict[str, FlowDeclaration] = {}
    calls: dict[str, dict[str, Call]] = {}
    for flow in facts.all(FlowDeclaration):
        if flows.setdefault(flow.name, flow) is flow:
            targets = calls.setdefault(flow.name, {})
            for step in by_class(flow).get(Step, ()):
                if isinstance(step, Step) and _calls_flow(step.call, facts):
                    targets.setdefault(step.call.target, step.call)
    return CallGraph(flows, calls)


def _calls_flow(call: Call, facts: Facts) -> bool:
    signature = facts.callee_of(call)
    return signature is not None and signature.kind == "flow"
