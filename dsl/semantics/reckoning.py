"""What a flow comes to at most, from its text alone: one walk for every kind of bound that is reckoned so.

A flow is what its body is, within its own budget. Of two ways the larger one counts, of a `try` the body and the
largest handler, of a round as many times as its bound says, and what stands one after the other, or side by side, is
summed up as the kind of bound says. A flow that calls itself is reckoned level by level, from the last that its
`depth` allows.

Where the text does not say how often, `times(None)` is asked for: each kind says what that makes of it.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Generic, Protocol, TypeAlias, TypeVar, assert_never

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Summarise, ToolDeclaration, Use, bounding
from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.ast.shapes import shape
from dsl.ast.statements import Budget
from dsl.semantics.call_graph import CallGraph
from dsl.semantics.facts import Facts
from dsl.semantics.types import ListOf

MOST_LEVELS = 200
"""Levels of a recursion that are counted; a deeper one has no bound here."""
MOST_LEVELS_INSIDE = 12
"""Those of one inside of another."""
LONGEST_WAY = 30

Calling: TypeAlias = "ast.Call | Use | Summarise"
Callers: TypeAlias = tuple[AgentDeclaration, ...]
"""The agents that call each other on the way to a call."""


class Bound(Protocol):
    def __add__(self: "C", other: "C", /) -> "C": ...

    def times(self: "C", count: int | None, /) -> "C":
        """So often, one after the other; None is as often as may be."""
        ...

    def capped(self: "C", budget: Budget | None, /) -> "C":
        """No more than the budget allows."""
        ...

    def larger(self: "C", other: "C", /) -> "C":
        """Of either, whichever is done."""
        ...


C = TypeVar("C", bound=Bound)


class Reckoning(Generic[C]):
    """Works out flows on demand, those first that they call: by a list and not by recursion, as chains may be long.
    Only a way round is followed by recursion, with what each flow on it comes to one level further down (`levels`).
    """

    left_out: Node | None = None
    """What is reckoned as if it were not there."""

    def __init__(self, facts: Facts, graph: CallGraph, nothing: C, unknown: C) -> None:
        self.facts = facts
        self.graph = graph
        self.nothing = nothing
        self.unknown = unknown
        self._known: dict[str, C] = {}
        self._entered: set[str] = set()
        self._under_way: list[str] = []

    def of(self, name: str) -> C:
        waiting = [name]
        while waiting:
            here = waiting[-1]
            if here in self._known:
                waiting.pop()
            elif here in self._entered:
                self._known[here] = self._flow(self.graph.flows[here], {})
            else:
                self._entered.add(here)
                waiting += [target for target in self.graph.calls.get(here, {}) if target not in self._entered]
        return self._known[name]

    # -- what a kind of bound says of its own

    def tool(self, tool: ToolDeclaration, call: Calling) -> C:
        raise NotImplementedError

    def agent(self, agent: AgentDeclaration, levels: Mapping[str, C], callers: Callers) -> C:
        """`callers` has the agent itself, too."""
        raise NotImplementedError

    def flow(self, flow: FlowDeclaration, body: C) -> C:
        """What a run of it comes to."""
        return body.capped(bounding(flow))

    def started(self, flow: FlowDeclaration, found: C) -> C:
        """What a run of it is to the run that starts it."""
        return found

    def step(self, step: ast.Step, levels: Mapping[str, C]) -> C:
        return self.target(step.call, levels)

    def leaf(self, node: ast.Statement) -> C:
        """A statement that calls nothing and holds no others."""
        return self.nothing

    def around(self, node: ast.Loop | ast.BudgetBlock, body: C) -> C:
        """All its rounds."""
        raise NotImplementedError

    def for_each(self, node: ast.For | ast.ParallelFor, body: C, count: int | None) -> C:
        return body.times(count)

    def side_by_side(self, node: ast.Parallel, branches: list[C]) -> C:
        return sum(branches, self.nothing)

    def within(self, node: ast.Branch | ast.ExclusiveBlock | ast.Try, body: C) -> C:
        """What such a block adds to what stands in it."""
        return body

    # -- what they have in common

    def target(self, call: Calling, levels: Mapping[str, C], callers: Callers = ()) -> C:
        signature = self.facts.callee_of(call)
        match None if signature is None else signature.node:
            case ToolDeclaration() as tool:
                return self.tool(tool, call)
            case AgentDeclaration() as agent if all(agent is not each for each in callers):
                return self.agent(agent, levels, (*callers, agent))
            case FlowDeclaration() as flow if self.graph.flows.get(flow.name) is flow:
                return self.started(flow, self._call(flow, levels))
            case _:
                return self.unknown

    def block(self, block: ast.Block | None, levels: Mapping[str, C]) -> C:
        """From its end, because what follows a choice is not done on the ways that leave there."""
        found = self.nothing
        for node in reversed(() if block is None else block.statements):
            if isinstance(node, ast.If | ast.Match) and node is not self.left_out:
                found = self._choice(node, found, levels)
            else:
                found = self.statement(node, levels) + found
        return found

    def _choice(self, node: ast.If | ast.Match, rest: C, levels: Mapping[str, C]) -> C:
        leaving: list[C] = []
        staying: list[C] = []
        for _, block in shape(node).blocks(node):
            (leaving if _leaves(block, node) else staying).append(self.block(block, levels))
        going_on = self.largest(staying) + rest
        return self.chosen(node, reduce(lambda one, other: one.larger(other), leaving, going_on))

    def statement(self, node: ast.Statement | ast.Branch, levels: Mapping[str, C]) -> C:
        match node:
            case ast.Step():
                return self.step(node, levels)
            case ast.If() | ast.Match():
                return self._choice(node, self.nothing, levels)
            case ast.Try():
                handlers = self.largest(self.block(handler.body, levels) for handler in node.handlers)
                return self.within(node, self.block(node.body, levels) + handlers)
            case ast.For() | ast.ParallelFor():
                return self.for_each(node, self.block(node.body, levels), self.most_items(node.source, node.at_most))
            case ast.Loop() | ast.BudgetBlock():
                return self.around(node, self.block(node.body, levels)) + self.block(node.on_exhausted, levels)
            case ast.Parallel():
                return self.side_by_side(node, [self.statement(branch, levels) for branch in node.branches])
            case ast.Branch() | ast.ExclusiveBlock():
                return self.within(node, self.block(node.body, levels))
            case ast.AwaitEvent() | ast.AwaitFirst():
                return self.waiting(node, levels)
            case (
                ast.AwaitApproval()
                | ast.Sleep()
                | ast.CompensateStatement()
                | ast.Commit()
                | ast.Let()
                | ast.Var()
                | ast.Set()
            ):
                return self.leaf(node)
            case ast.Respond() | ast.Until() | ast.Fail() | ast.Return() | ast.Yield() | ast.Break() | ast.Continue():
                return self.leaf(node)
            case _:
                assert_never(node)

    def chosen(self, node: ast.If | ast.Match, found: C) -> C:
        """A choice, with what follows it."""
        return found

    def waiting(self, node: ast.AwaitEvent | ast.AwaitFirst, levels: Mapping[str, C]) -> C:
        """What runs until something is first, and then one way."""
        ways = self.largest(self.block(block, levels) for _, block in shape(node).blocks(node))
        runs = self.nothing
        if isinstance(node, ast.AwaitFirst) and node.race is not None:
            runs = self.statement(node.race, levels)
        return self.leaf(node) + runs + ways

    def largest(self, ways: Iterable[C]) -> C:
        return reduce(lambda one, other: one.larger(other), ways, self.nothing)

    def most_items(self, source: Expression, at_most: int | None) -> int | None:
        type_ = self.facts.type_of(source)
        of_type = type_.at_most if isinstance(type_, ListOf) else None
        return at_most if of_type is None else of_type if at_most is None else min(at_most, of_type)

    # -- flows

    def _flow(self, flow: FlowDeclaration, levels: Mapping[str, C]) -> C:
        if id(flow) in self.facts.partly_read:
            return self.flow(flow, self.unknown)
        if flow.depth is None or not self.graph.cycle(flow.name, frozenset()):
            return self.flow(flow, self.block(flow.body, levels))
        if flow.depth > (MOST_LEVELS if not levels else MOST_LEVELS_INSIDE):
            return self.flow(flow, self.block(flow.body, {**levels, flow.name: self.nothing}).times(None))
        below = self.nothing
        for _ in range(flow.depth):
            below, before = self.flow(flow, self.block(flow.body, {**levels, flow.name: below})), below
            if below == before:
                break
        return below

    def _call(self, flow: FlowDeclaration, levels: Mapping[str, C]) -> C:
        name = flow.name
        if name in levels:
            return levels[name]
        if name in self._known and not (levels and self._may_reach(name, levels)):
            return self._known[name]
        if self._under_way.count(name) > len(levels) or len(self._under_way) == LONGEST_WAY:
            return self.flow(flow, self.unknown)
        self._under_way.append(name)
        found = self._flow(flow, levels)
        self._under_way.pop()
        return found

    def _may_reach(self, name: str, levels: Mapping[str, C]) -> bool:
        seen, waiting = {name}, [name]
        while waiting:
            targets = self.graph.calls.get(waiting.pop(), {}).keys()
            if targets & levels.keys():
                return True
            waiting += sorted(targets - seen)
            seen |= targets
        return False


def _leaves(block: ast.Block, choice: ast.If | ast.Match) -> bool:
    """Whether nothing that follows the choice in its own block is done after this block of it. What has a name goes on
    with the value that its block yields."""
    last = block.statements[-1] if block.statements else None
    if isinstance(last, ast.Yield):
        return choice.name is None
    return isinstance(last, ast.Return | ast.Fail | ast.Break | ast.Continue)
