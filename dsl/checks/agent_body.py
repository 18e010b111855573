"""SF404: an agent that cannot be asked: it names no model, or has nothing to say to it."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic


def check(program: Program) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        primary = program.name_label(agent, agent.name)
        if not agent.models:
            message = f"agent `{agent.name}` names no model"
            yield Diagnostic("SF404", message, primary, help='add `model "…"`, best with a second one: `then "…"`')
        elif agent.prompt is None:
            message = f"agent `{agent.name}` has no prompt"
            yield Diagnostic("SF404", message, primary, help='add `prompt "…"` with what it is asked: `{{ … }}`')
