"""SF307: a flow that runs beside others, and could take for itself all that is left of a budget around it.

A flow is lent what it may spend at most. Where neither its own budget nor its text says how much that is, it would be
lent all that is left, and those beside it would wait until it ends; for one that nobody waits for all would be charged.
"""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Summarise, Use, called_by
from dsl.ast.expressions import Literal
from dsl.ast.node import Node, children
from dsl.ast.statements import Block, Budget, BudgetBlock, Call, Loop, Parallel, ParallelFor, Step
from dsl.checks.program import Program
from dsl.dataclass import dataclass, replace
from dsl.diagnostics.diagnostic import Diagnostic

_UNITS = ("usd", "tokens", "calls")
_EXAMPLES = {"usd": "1 usd", "tokens": "20k tokens", "calls": "20 calls"}
_NOUNS = {"usd": "money", "tokens": "tokens", "calls": "calls"}


@dataclass(frozen=True, slots=True)
class _Around:
    """The units that something further out limits: anywhere, and for all that run side by side here."""

    limited: frozenset[str]
    shared: frozenset[str] = frozenset()

    def within(self, budget: Budget | None) -> "_Around":
        own = _limits(budget)
        return _Around(self.limited | own, self.shared - own)


def check(program: Program) -> Iterator[Diagnostic]:
    inherited = _inherited(program)
    for name, flow in program.graph.flows.items():
        if id(flow) not in program.facts.partly_read:
            around = inherited[name].within(flow.budget)
            for step, shared in _steps(flow.body, around):
                apart = replace(shared, shared=shared.limited) if step.detached else shared
                yield from _share(program, step.call, apart, detached=step.detached)
    for name, agent in program.graph.agents.items():
        beside = _beside(agent, inherited[name])
        for use in agent.uses:
            yield from _share(program, use, beside)


def _beside(agent: AgentDeclaration, inherited: _Around) -> _Around:
    """What an agent calls in a turn runs side by side, unless it is one at a time; then what it calls runs beside
    others where the agent itself does, and draws on what they share."""
    around = inherited.within(agent.budget)
    return around if agent.side_by_side == 1 else replace(around, shared=around.limited)


def _share(program: Program, call: Call | Use, around: _Around, *, detached: bool = False) -> Iterator[Diagnostic]:
    signature = program.facts.callee_of(call)
    flow = None if signature is None else signature.node
    if not isinstance(flow, FlowDeclaration) or id(flow) in program.facts.partly_read:
        return
    known = program.spendings.of(flow.name)
    unknown = [unit for unit in _UNITS if unit in around.shared and getattr(known, unit) is None]
    if known.tokens is not None and known.charges is not None and "usd" in unknown:
        unknown.remove("usd")
    if unknown:
        nouns = " and ".join(", ".join(_NOUNS[unit] for unit in unknown).rsplit(", ", 1))
        examples = ", ".join(_EXAMPLES[unit] for unit in unknown)
        runs = f"`{flow.name}` is `detached`" if detached else f"`{flow.name}` runs beside others"
        whose = "around it: all that is left would be charged at once" if detached else "that they share"
        yield Diagnostic(
            "SF307",
            f"{runs}, and nothing says how much it may take of the {nouns} {whose}",
            program.name_label(call, call.target),
            (program.name_label(flow, flow.name, "declared here"),),
            help=f"give it a limit of its own: `flow {flow.name}(…) budget {examples} {{ … }}`",
        )


def _steps(node: Node, around: _Around) -> Iterator[tuple[Step, _Around]]:
    """The steps below `node`, with what is limited around them."""
    match node:
        case Step():
            yield node, around
        case Loop(budget=budget) | BudgetBlock(budget=budget):
            yield from _steps(node.body, around.within(budget))
            if node.on_exhausted is not None:
                yield from _steps(node.on_exhausted, around)
        case Block(statements=statements):
            for statement in statements:
                yield from _steps(statement, around)
                if _goes_on(statement):
                    around = replace(around, shared=around.limited)
        case Parallel(branches=branches):
            inner = replace(around, shared=around.limited) if len(branches) > 1 else around
            for branch in branches:
                yield from _steps(branch, inner)
        case ParallelFor(up_to=up_to, body=body):
            alone = isinstance(up_to, Literal) and up_to.value == 1
            yield from _steps(body, around if alone else replace(around, shared=around.limited))
        case _:
            for below in children(node):
                yield from _steps(below, around)


def _goes_on(statement: Node) -> bool:
    """Whether something of it runs beside what follows."""
    if not isinstance(statement, Parallel | ParallelFor) or statement.first is None:
        return False
    return statement.first.finish_rest


def _inherited(program: Program) -> dict[str, _Around]:
    """For each flow and agent the units that those who call it may limit: a lease passes a limit on. An agent has no
    lease, so what is shared where it is called is shared where it calls."""
    found = dict.fromkeys((*program.graph.flows, *program.graph.agents), _Around(frozenset()))
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        for target, around in _called(program, name, found[name]):
            if target not in found:
                continue
            shared = around.shared if target in program.graph.agents else frozenset[str]()
            both = _Around(found[target].limited | around.limited, found[target].shared | shared)
            if both != found[target]:
                found[target] = both
                waiting.append(target)
    return found


def _called(program: Program, name: str, inherited: _Around) -> Iterator[tuple[str, _Around]]:
    flow = program.graph.flows.get(name)
    if flow is not None:
        for step, around in _steps(flow.body, inherited.within(flow.budget)):
            yield step.call.target, around
        return
    agent = program.graph.agents[name]
    for each in called_by(agent):
        alone = isinstance(each, Summarise)
        yield each.target, inherited.within(agent.budget) if alone else _beside(agent, inherited)


def _limits(budget: Budget | None) -> frozenset[str]:
    return frozenset(unit for unit in _UNITS if getattr(budget, unit, None) is not None)
