"""Everything that people are asked: approvals of flows, more of a budget, and the gates before what an agent uses."""

from collections.abc import Iterator
from typing import get_args

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Use
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.statements import AwaitApproval, BudgetBlock, Loop
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts

Budgeted = Loop | BudgetBlock | AgentDeclaration | FlowDeclaration
"""What has a budget that people may be asked for more of."""


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are what a message calls it, `name` the word of `node` to point at."""

    node: Node
    words: str
    name: str
    stages: tuple[Stage, ...]


def questions(facts: Facts) -> Iterator[Question]:
    for node in facts.all(AwaitApproval):
        yield Question(node, f"approval `{node.name}`", node.name, node.stages)
    budgets: list[Budgeted] = [node for kind in get_args(Budgeted) for node in facts.all(kind)]
    for budgeted in budgets:
        if budgeted.asks:
            yield Question(budgeted, "the question for more of this budget", "exhausted", budgeted.asks)
    for use in facts.all(Use):
        if use.gate:
            yield Question(use, f"the gate of `{use.target}`", use.target, use.gate)
