"""From productions to nodes: one function for each rule of the grammar, found by name in one table.

The functions stand in `build_*.py`, by part of the language. Each gets the site of its rule and the children that the
grammar keeps (named terminals and rules; an absent optional is None), and returns a node of `dsl.ast` or a part of one.
"""

from dsl.source import Span
from dsl.syntax import (
    build_agents,
    build_approvals,
    build_budgets,
    build_costs,
    build_declarations,
    build_events,
    build_expressions,
    build_http,
    build_names,
    build_parallel,
    build_servers,
    build_statements,
    build_steps,
    build_tools,
    build_types,
)
from dsl.syntax.site import Findings, Rules, Site

RULES: Rules = {
    **build_names.RULES,
    **build_types.RULES,
    **build_expressions.RULES,
    **build_budgets.RULES,
    **build_steps.RULES,
    **build_statements.RULES,
    **build_parallel.RULES,
    **build_approvals.RULES,
    **build_events.RULES,
    **build_tools.RULES,
    **build_costs.RULES,
    **build_http.RULES,
    **build_servers.RULES,
    **build_agents.RULES,
    **build_declarations.RULES,
}


class Builder:
    def __init__(self) -> None:
        self.findings = Findings()

    def make(self, rule: str, span: Span, children: list[object]) -> object:
        return RULES[rule](Site(span, self.findings), *children)
