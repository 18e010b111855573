"""SF407: what an agent uses, and no model can be told of as it is written."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, Use
from dsl.ast.expressions import Name
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.nodes import by_class

LONGEST_NAME = 64
"""Of what a model calls, as providers take it."""


def check(program: Program) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        seen: dict[str, Use] = {}
        for use in agent.uses:
            first = seen.setdefault(use.target, use)
            if first is not use:
                message = f"`{agent.name}` uses `{use.target}` twice, and a model sees one of it"
                before = (program.name_label(first, use.target, "used here"),)
                advice = "put the conditions into one `use`"
                yield Diagnostic("SF407", message, program.name_label(use, use.target), before, help=advice)
            yield from _one(program, use)


def _one(program: Program, use: Use) -> Iterator[Diagnostic]:
    if len(use.target) > LONGEST_NAME:
        message = f"`{use.target}` has {len(use.target)} characters, and what a model calls has {LONGEST_NAME} at most"
        yield Diagnostic("SF407", message, program.name_label(use, use.target), help="give it a shorter name")
    if use.when is not None and not by_class(use.when).get(Name):
        message = "this condition is the same for each step, whatever the agent is given"
        advice = "let it read a parameter of the agent, or leave `when` out"
        yield Diagnostic("SF407", message, program.label(use.when), help=advice)
    if use.only is not None and not by_class(use.only).get(Name):
        message = "this condition is the same for each call, whatever the model writes"
        advice = f"let it read a parameter of `{use.target}`, or leave `only if` out"
        yield Diagnostic("SF407", message, program.label(use.only), help=advice)
