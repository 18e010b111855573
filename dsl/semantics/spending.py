"""The most that a flow can spend: an upper bound of calls, tokens and money, from its text alone (`reckoning`).

A flow that runs beside others gets a lease on the budget around. Where the bound is known, the lease is no larger, so
what the others need is not taken away for nothing. A bound counts what a run charges: a tool's step is one call,
however often it is tried, verified or undone, and costs money for each time that it may be carried out; a step of an
agent is a call for each attempt at each model, and in each turn as many as one answer may ask for of the dearest that
it uses, and a summary before it where one is declared; one without `use` that has a conversation is asked once more for
each time that somebody speaks to it; and a flow is never more than its own budget. What runs side by side is summed up.

None is what the text does not say: rounds that only a deadline ends; a prompt, whose length is that of its data, where
no budget of tokens ends it; a flow that calls itself in a way that no `depth` of its own bounds. It is no bound, and
every sum with it is none, but a budget around makes one of it again. So a bound is never too small.

Beside the most stands what is usual: the calls when no model fails more often than once. Where the whole does not fit
beside the siblings, that much is still worth waiting for.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, ToolDeclaration, bounding
from dsl.ast.defaults import MOST_CALLS_OF_A_TURN, MOST_REASKS, MOST_TRIES, MOST_TURNS_TOLD, RETRIES
from dsl.ast.statements import Budget
from dsl.dataclass import dataclass, replace
from dsl.semantics.call_graph import CallGraph
from dsl.semantics.facts import Facts
from dsl.semantics.reckoning import Callers, Calling, Reckoning

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

    def larger(self, other: "Spending") -> "Spending":
        return Spending(
            _more(self.usd, other.usd),
            _more(self.tokens, other.tokens),
            _more(self.calls, other.calls),
            _more(self.usual, other.usual),
            _more(self.charges, other.charges),
        )


NOTHING = Spending()
UNKNOWN = Spending(None, None, None, None, None)
CALL = Spending(calls=1, usual=1)

N = TypeVar("N", int, Decimal)
Levels = Mapping[str, Spending]


class Spendings(Reckoning[Spending]):
    def __init__(self, facts: Facts, graph: CallGraph) -> None:
        super().__init__(facts, graph, NOTHING, UNKNOWN)

    def tool(self, tool: ToolDeclaration, call: Calling) -> Spending:
        charges = charges_of(tool)
        return replace(CALL, usd=charges, charges=charges)

    def agent(self, agent: AgentDeclaration, levels: Levels, callers: Callers) -> Spending:
        budget = bounding(agent)
        questions = len(agent.models) * (1 + MOST_REASKS)
        tries = MOST_TRIES if agent.retry is None else agent.retry.times + 1
        answer = Spending(None, None, questions * tries, USUAL_TRIES)
        if agent.summarise is not None:
            answer += self.target(agent.summarise, levels, callers)
        if not agent.uses:
            return answer.capped(budget)
        dearest = self.largest(self.target(use, levels, callers) for use in agent.uses)
        turn = answer + dearest.times(MOST_CALLS_OF_A_TURN)
        most = turn.times(budget.turns if budget is not None else None)
        return replace(most, usual=None).capped(budget)

    def step(self, step: ast.Step, levels: Levels) -> Spending:
        spending = super().step(step, levels)
        signature = self.facts.callee_of(step.call)
        agent = None if signature is None else signature.node
        hears = step.continues is not None or id(step) in self.facts.transcripts
        if not hears or not isinstance(agent, AgentDeclaration) or agent.uses:
            return spending
        turns = agent.budget.turns if agent.budget is not None else None
        most = spending.times(None if turns and agent.asks else turns or MOST_TURNS_TOLD)
        return replace(most, usual=spending.usual).capped(bounding(agent))

    def around(self, node: ast.Loop | ast.BudgetBlock, body: Spending) -> Spending:
        """Where people may give more, its own limits bound nothing."""
        budget = node.budget or Budget()
        rounds = 1 if isinstance(node, ast.BudgetBlock) else None if node.asks else budget.iterations
        return body.times(rounds) if node.asks else body.times(rounds).capped(budget)


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None or one + other > LARGEST else one + other


def _product(one: int | None, count: int | None) -> int | None:
    return one if not one else None if count is None or one * count > LARGEST else one * count


def charges_of(tool: ToolDeclaration) -> Decimal | None:
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


def _more(one: N | None, other: N | None) -> N | None:
    return None if one is None or other is None else max(one, other)
