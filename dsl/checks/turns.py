"""SF308: an agent that uses something, and whose turns have no bound, or leave none for its answer."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Fix
from dsl.source import Span

USUAL = 12


def check(program: Program) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        turns = None if agent.budget is None else agent.budget.turns
        if agent.uses and turns is None:
            message = f"`{agent.name}` uses something, and nothing says how many turns it may take"
            advice = f"say it in its budget: `budget {USUAL} turns`"
            yield Diagnostic("SF308", message, program.name_label(agent, agent.name), help=advice, fix=_fix(agent))
        elif agent.uses and turns == 1:
            message = f"`{agent.name}` has one turn, and with what it calls in that no other one to answer"
            yield Diagnostic("SF308", message, program.label(agent.budget or agent), help="give it 2 turns or more")


def _fix(agent: AgentDeclaration) -> Fix:
    if agent.budget is None:
        end = agent.span.end - 1
        return Fix(Span(end, end), f"  budget {USUAL} turns\n")
    after = agent.budget.span.end
    return Fix(Span(after, after), f", {USUAL} turns")
