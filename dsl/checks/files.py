"""SF405: an agent that shows a file to a model that takes none of the kind, as far as that can be known."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Expression, Get, Literal, Name, Template
from dsl.ast.types import Field
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Severity
from dsl.semantics.types import FILE, ListOf, Type, members, required, structure
from dsl.values.patterns import matches, pattern_problem

USUAL = ("image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain")
"""What files mostly are: where a pattern takes none of these, nothing is said."""


def check(program: Program) -> Iterator[Diagnostic]:
    for agent in program.facts.all(AgentDeclaration):
        if isinstance(agent.prompt, Template):
            for part in agent.prompt.parts:
                if not isinstance(part, Literal) and _is_shown(program.facts.type_of(part)):
                    yield from _shown(program, agent, part)


def _is_shown(found: Type) -> bool:
    bare = structure(required(found))
    return bare == FILE or (isinstance(bare, ListOf) and structure(required(bare.item)) == FILE)


def _shown(program: Program, agent: AgentDeclaration, part: Expression) -> Iterator[Diagnostic]:
    field = _declared(program, agent, part)
    kinds = [each for each in USUAL if _may_be(each, field)]
    useless = [model for model in dict.fromkeys(agent.models) if not _takes_any(program.models.takes(model), kinds)]
    name = program.source.slice(part.span)
    for model in useless if kinds else ():
        every = len(useless) == len(set(agent.models))
        what = "no images and no documents" if field is None or field.matches is None else f"none of {field.matches}"
        message = f'`{name}` is a file, and the model "{model}" takes {what}'
        advice = "use a model that takes it, or let a tool read the file"
        severity: Severity = "error" if every else "warning"
        primary = program.name_label(agent, f'"{model}"')
        yield Diagnostic(
            "SF405", message, primary, (program.label(part, "shown here"),), help=advice, severity=severity
        )


def _takes_any(taken: tuple[str, ...] | None, kinds: list[str]) -> bool:
    """Texts are taken by any model; of a file that may be anything, images and documents are what is meant."""
    if taken is None or kinds == ["text/plain"]:
        return True
    others = [kind for kind in kinds if kind != "text/plain"]
    return any(kind.startswith(each.removesuffix("*")) for each in taken for kind in others)


def _may_be(media_type: str, field: Field | None) -> bool:
    pattern = None if field is None else field.matches
    return pattern is None or pattern_problem(pattern) is not None or matches(pattern, media_type)


def _declared(program: Program, agent: AgentDeclaration, part: Expression) -> Field | None:
    """Where the file is declared, as a parameter or as a field of one."""
    match part:
        case Name(name=name):
            return next((each for each in agent.parameters if each.name == name), None)
        case Get(subject=subject, name=name):
            member = (members(required(program.facts.type_of(subject))) or {}).get(name)
            return None if member is None else member.declared
        case _:
            return None
