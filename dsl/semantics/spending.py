"""The most that a flow can spend: an upper bound of calls, tokens and money, from its text alone.

A flow that runs beside others gets a lease on the budget around. Where the bound is known, the lease is no larger, so
what the others need is not taken away for nothing. A bound counts what a run charges: a tool's step is one call,
however often it is tried, verified or undone, and costs money for each time that it may be carried out; a step of an
agent is a call for each attempt at each model, and in each turn as many as one answer may ask for of the dearest that
it uses, and a summary before it where one is declared; one without `use` that has a conversation is asked once more for
each time that somebody speaks to it; a flow is what its body is, and never more than its own budget.
Of two ways the more expensive one counts, of a `try` the body and the most expensive handler, of a round as many times
as its bound says, of what runs side by side the sum.

None is what the text does not say: rounds that only a deadline ends; a prompt, whose length is that of its data, where
no budget of tokens ends it; a flow that calls itself in a way that no `depth` of its
own bounds. It is no bound, and every sum with it is none, but a budget around makes one of it again. So a bound is
never too small.

Beside the most stands what is usual: the calls when no model fails more often than once. Where the whole does not fit
beside the siblings, that much is still worth waiting for.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from functools import reduce
from typing import TypeVar, assert_never

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Summarise, ToolDeclaration, Use
from dsl.ast.defaults import MOST_CALLS_OF_A_TURN, MOST_REASKS, MOST_TRIES, MOST_TURNS_TOLD, RETRIES
from dsl.ast.expressions import Expression
from dsl.ast.shapes import shape
from dsl.ast.statements import Budget
from dsl.dataclass import dataclass
from dsl.semantics.call_graph import CallGraph
from dsl.semantics.facts import Facts
from dsl.semantics.types import ListOf

MOST_LEVELS = 200
"""Levels of a recursion that are counted; a deeper one has no bound here."""
MOST_LEVELS_INSIDE = 12
"""Those of one inside of another."""
LONGEST_WAY = 30
LARGEST = 10**12
"""A bound that is larger bounds nothing."""
USUAL_TRIES = 2


@dataclass(frozen=True, slots=True)
class Spending:
    """`charges` is the money that tools cost; what models cost follows from their tokens."""

    usd: Decimal | None = Decimal(0)
    tokens: int | None = 0
    calls: int | None = 0
    usual: int | None = 0
    charges: Decimal | None = Decimal(0)

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(
            _sum_of_money(self.usd, other.usd),
            _sum(self.tokens, other.tokens),
            _sum(self.calls, other.calls),
            _sum(self.usual, other.usual),
            _sum_of_money(self.charges, other.charges),
        )

    def times(self, count: int | None) -> "Spending":
        """What is nothing once is nothing, however often."""
        return Spending(
            _times_money(self.usd, count),
            _product(self.tokens, count),
            _product(self.calls, count),
            _product(self.usual, count),
            _times_money(self.charges, count),
        )

    def capped(self, budget: Budget | None) -> "Spending":
        if budget is None:
            return self
        usd, charges = _less_money(self.usd, budget.usd), _less_money(self.charges, budget.usd)
        tokens, calls = _smaller(self.tokens, budget.tokens), _smaller(self.calls, budget.calls)
        return Spending(usd, tokens, calls, _smaller(self.usual, budget.calls), charges)


NOTHING = Spending()
UNKNOWN = Spending(None, None, None, None, None)
CALL = Spending(calls=1, usual=1)

N = TypeVar("N", int, Decimal)
Levels = Mapping[str, Spending]
"""What a call of a flow that is being worked out costs, one level further down."""


@dataclass(slots=True)
class Spendings:
    """Works out flows on demand, those first that they call: by a list and not by recursion, as chains may be long.
    Only a way round is followed by recursion, with what each flow on it costs one level further down.
    """

    facts: Facts
    graph: CallGraph
    _known: dict[str, Spending] = field(default_factory=dict)
    _entered: set[str] = field(default_factory=set)
    _under_way: list[str] = field(default_factory=list)

    def of(self, name: str) -> Spending:
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

    def _flow(self, flow: FlowDeclaration, levels: Levels) -> Spending:
        if id(flow) in self.facts.partly_read:
            return UNKNOWN.capped(flow.budget)
        if flow.depth is None:
            return self._block(flow.body, levels).capped(flow.budget)
        if not self.graph.cycle(flow.name, frozenset()):
            return self._block(flow.body, levels).capped(flow.budget)
        if flow.depth > (MOST_LEVELS if not levels else MOST_LEVELS_INSIDE):
            return self._block(flow.body, {**levels, flow.name: NOTHING}).times(None).capped(flow.budget)
        below = NOTHING
        for _ in range(flow.depth):
            below, before = self._block(flow.body, {**levels, flow.name: below}).capped(flow.budget), below
            if below == before:
                break
        return below

    def _call(self, flow: FlowDeclaration, levels: Levels) -> Spending:
        name = flow.name
        if name in levels:
            return levels[name]
        if name in self._known and not (levels and self._may_reach(name, levels)):
            return self._known[name]
        if self._under_way.count(name) > len(levels) or len(self._under_way) == LONGEST_WAY:
            return UNKNOWN.capped(flow.budget)
        self._under_way.append(name)
        found = self._flow(flow, levels)
        self._under_way.pop()
        return found

    def _may_reach(self, name: str, levels: Levels) -> bool:
        seen, waiting = {name}, [name]
        while waiting:
            targets = self.graph.calls.get(waiting.pop(), {}).keys()
            if targets & levels.keys():
                return True
            waiting += sorted(targets - seen)
            seen |= targets
        return False

    def _step(self, step: ast.Step, levels: Levels) -> Spending:
        spending = self._target(step.call, levels, ())
        signature = self.facts.callee_of(step.call)
        agent = None if signature is None else signature.node
        hears = step.continues is not None or id(step) in self.facts.transcripts
        if not hears or not isinstance(agent, AgentDeclaration) or agent.uses:
            return spending
        most = agent.budget.turns if agent.budget is not None else None
        return replace(spending.times(most or MOST_TURNS_TOLD), usual=spending.usual).capped(agent.budget)

    def _target(
        self, call: ast.Call | Use | Summarise, levels: Levels, callers: tuple[AgentDeclaration, ...]
    ) -> Spending:
        """`callers` are the agents that call each other on the way here."""
        signature = self.facts.callee_of(call)
        match None if signature is None else signature.node:
            case ToolDeclaration() as tool:
                charges = _charges(tool)
                return replace(CALL, usd=charges, charges=charges)
            case AgentDeclaration() as agent if all(agent is not each for each in callers):
                return self._agent(agent, levels, (*callers, agent))
            case FlowDeclaration() as flow if self.graph.flows.get(flow.name) is flow:
                return self._call(flow, levels)
            case _:
                return UNKNOWN

    def _agent(self, agent: AgentDeclaration, levels: Levels, callers: tuple[AgentDeclaration, ...]) -> Spending:
        questions = len(agent.models) * (1 + MOST_REASKS)
        tries = MOST_TRIES if agent.retry is None else agent.retry.times + 1
        answer = Spending(None, None, questions * tries, USUAL_TRIES)
        if agent.summarise is not None:
            answer += self._target(agent.summarise, levels, callers)
        if not agent.uses:
            return answer.capped(agent.budget)
        dearest = reduce(_larger, (self._target(use, levels, callers) for use in agent.uses), NOTHING)
        turn = answer + dearest.times(MOST_CALLS_OF_A_TURN)
        most = turn.times(agent.budget.turns if agent.budget is not None else None)
        return replace(most, usual=None).capped(agent.budget)

    def _block(self, block: ast.Block | None, levels: Levels) -> Spending:
        statements = () if block is None else block.statements
        return sum((self._statement(each, levels) for each in statements), NOTHING)

    def _statement(self, node: ast.Statement | ast.Branch, levels: Levels) -> Spending:
        match node:
            case ast.Step():
                return self._step(node, levels)
            case ast.If() | ast.Match():
                ways = [self._block(block, levels) for _, block in shape(node).blocks(node)]
                return reduce(_larger, ways, NOTHING)
            case ast.Try():
                handlers = [self._block(handler.body, levels) for handler in node.handlers]
                return self._block(node.body, levels) + reduce(_larger, handlers, NOTHING)
            case ast.For() | ast.ParallelFor():
                return self._block(node.body, levels).times(self._most_items(node.source, node.at_most))
            case ast.Loop() | ast.BudgetBlock():
                return self._budgeted(node, levels) + self._block(node.on_exhausted, levels)
            case ast.Parallel():
                return sum((self._statement(branch, levels) for branch in node.branches), NOTHING)
            case ast.Branch() | ast.ExclusiveBlock():
                return self._block(node.body, levels)
            case ast.NotYet():
                return UNKNOWN
            case ast.Let() | ast.Var() | ast.Set() | ast.AwaitApproval() | ast.Sleep() | ast.Commit():
                return NOTHING
            case ast.CompensateStatement():
                return NOTHING  # as what undoes a step: no budget could refuse it
            case ast.Fail() | ast.Return() | ast.Yield() | ast.Until() | ast.Break() | ast.Continue():
                return NOTHING
            case _:
                assert_never(node)

    def _budgeted(self, node: ast.Loop | ast.BudgetBlock, levels: Levels) -> Spending:
        """Where people may give more, its own limits bound nothing."""
        body, budget = self._block(node.body, levels), node.budget or Budget()
        rounds = 1 if isinstance(node, ast.BudgetBlock) else None if node.asks else budget.iterations
        return body.times(rounds) if node.asks else body.times(rounds).capped(budget)

    def _most_items(self, source: Expression, at_most: int | None) -> int | None:
        type_ = self.facts.type_of(source)
        return _smaller(at_most, type_.at_most if isinstance(type_, ListOf) else None)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None or one + other > LARGEST else one + other


def _product(one: int | None, count: int | None) -> int | None:
    return one if not one else None if count is None or one * count > LARGEST else one * count


def _charges(tool: ToolDeclaration) -> Decimal | None:
    """All attempts that may cost: a failure that says that nothing happened is not charged, but it is not known here
    which one that will be. What was settled as not done is done once more."""
    if tool.costs is None:
        return Decimal(0)
    tries = RETRIES + 1 if tool.retry is None else tool.retry.times + 1
    times = tries * 2 if tool.verify is not None or tool.effect.keyed else tries
    return _times_money(tool.costs.at_most, times)


def _sum_of_money(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else _sane(one + other)


def _times_money(one: Decimal | None, count: int | None) -> Decimal | None:
    return one if not one else None if count is None else _sane(one * count)


def _less_money(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else min(one, other)


def _sane(usd: Decimal) -> Decimal | None:
    return None if usd > LARGEST else usd


def _smaller(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else min(one, other)


def _larger(one: Spending, other: Spending) -> Spending:
    return Spending(
        _more(one.usd, other.usd),
        _more(one.tokens, other.tokens),
        _more(one.calls, other.calls),
        _more(one.usual, other.usual),
        _more(one.charges, other.charges),
    )


def _more(one: N | None, other: N | None) -> N | None:
    return None if one is None or other is None else max(one, other)
