"""What a flow may spend: its plan, and the budgets that say so."""

from collections.abc import Iterator
from typing import Literal

from dsl.ast import statements as ast
from dsl.ast.people import Stage
from dsl.planning.page import share
from dsl.planning.plan import Plan
from dsl.review.model import Budget, Dearest, Spending
from dsl.review.text import Reached

Of = Literal["flow", "agent", "loop", "block"]


def spending(reached: Reached, plan: Plan) -> Spending:
    charges = tuple(reached.place(tool, "costs") for tool in reached.tools if tool.costs is not None)
    return Spending(plan, tuple(_budgets(reached)), charges, tuple(_dearest(reached, plan)))


def _budgets(reached: Reached) -> Iterator[Budget]:
    for flow in reached.flows:
        if flow.budget is not None:
            yield _budget(reached, "flow", flow.name, flow.budget, flow.asks)
    for agent in reached.agents:
        if agent.budget is not None:
            yield _budget(reached, "agent", agent.name, agent.budget, agent.asks)
    for loop in reached.all(ast.Loop):
        if loop.budget is not None:
            yield _budget(reached, "loop", loop.name or "", loop.budget, loop.asks)
    for block in reached.all(ast.BudgetBlock):
        yield _budget(reached, "block", "", block.budget, block.asks)


def _budget(reached: Reached, of: Of, name: str, budget: ast.Budget, asks: tuple[Stage, ...]) -> Budget:
    return Budget(of, name, reached.said(budget), reached.stages(asks), reached.place(budget))


def _dearest(reached: Reached, plan: Plan) -> Iterator[Dearest]:
    for each in plan.dearest:
        yield Dearest(each.of, share(each.of, each.share), reached.at(each.span))
