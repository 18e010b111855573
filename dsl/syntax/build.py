"""From productions to nodes: one function for each rule of the grammar, found by name in one table.

The functions stand in `build_*.py`, by part of the language. Each gets the site of its rule and the children that the
grammar keeps (named terminals and rules; an absent optional is None), and returns a node of `dsl.ast` or a part of one.
"""

from dsl.later import later
from dsl.source import Span
from dsl.syntax import (
    build_agents,
    build_budgets,
    build_declarations,
    build_expressions,
    build_http,
    build_names,
    build_statements,
    build_steps,
    build_tools,
    build_types,
)
from dsl.syntax.site import Findings, Rules, Site

SELDOM = {
    "approvals": "await_approval show answer remind stage required capped_required group chosen_group person "
    "except_requester verified outcome",
    "costs": "costs",
    "events": "expected_event await_event respond await_first event_branch after_branch until_branch approval_branch "
    "step_branch",
    "parallel": "branches parallel branch parallel_for at_once keep_going stop_when race race_for first finish_rest",
    "servers": "tools_declaration served auth_names served_tool served_resource",
}
"""The rules of modules that few texts need: each is loaded with the first of its rules."""

RULES: Rules = {
    **build_names.RULES,
    **build_types.RULES,
    **build_expressions.RULES,
    **build_budgets.RULES,
    **build_steps.RULES,
    **build_statements.RULES,
    **build_tools.RULES,
    **build_http.RULES,
    **build_agents.RULES,
    **build_declarations.RULES,
    **{
        rule: later(f"dsl.syntax.build_{part}", rule, "RULES")
        for part, rules in SELDOM.items()
        for rule in rules.split()
    },
}


class Builder:
    def __init__(self) -> None:
        self.findings = Findings()

    def make(self, rule: str, span: Span, children: list[object]) -> object:
        return RULES[rule](Site(span, self.findings), *children)
