"""SF010: `{name}` and `${name}` in a text, which other languages fill in and this one sends as they stand; `}}` without
its `{{`."""

from collections.abc import Iterable, Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration
from dsl.ast.expressions import Literal, Template
from dsl.ast.node import Node
from dsl.ast.shapes import SHAPES
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.regex import regex
from dsl.semantics.nodes import by_class, of_class
from dsl.source import Span

_PLACE = regex(r"(?<![{\\])(\$?\{ *([A-Za-z_]\w*)((?:\.\w+)*) *\})(?!\})")


_BRACE = regex(r"\\u\{[0-9A-Fa-f]*\}|\\.|\{|\}\}|\}")


def check(program: Program) -> Iterator[Diagnostic]:
    """Only of names that are known there: a text may well hold braces that mean themselves."""
    owners: list[FlowDeclaration | AgentDeclaration] = [*program.facts.all(FlowDeclaration)]
    for owner in (*owners, *program.facts.all(AgentDeclaration)):
        names = _names(owner)
        literals, templates = of_class(owner, Literal), of_class(owner, Template)
        for node in literals:
            if isinstance(node.value, str) and "{" in node.value:
                yield from _in_text(program, node, names)
        parts = {id(part) for template in templates for part in template.parts}
        for template in templates:
            yield from _unopened(program, template.parts)
        for node in literals:
            if id(node) not in parts and _has_words(node.value):
                yield from _unopened(program, (node,))


def _names(owner: FlowDeclaration | AgentDeclaration) -> set[str | None]:
    found: set[str | None] = {field.name for field in owner.parameters}
    nodes = by_class(owner)
    for kind, shape in SHAPES.items():
        for node in nodes.get(kind, ()):
            found |= {name for name, _ in shape.names(node)}
    return found


def _in_text(program: Program, node: Literal, names: set[str | None]) -> Iterator[Diagnostic]:
    for place in _PLACE.finditer(program.source.text, node.span.start, node.span.end):
        written, name, fields = place.groups()
        if name in names:
            span = Span(place.start(), place.end())
            meant = f"{{{{ {name}{fields} }}}}"
            message = f"`{written}` is sent as it stands"
            yield Diagnostic("SF010", message, Label(span), (), f"write `{meant}`", Fix(span, meant), "warning")


def _has_words(value: object) -> bool:
    """Whether it is a text that says something: one of braces alone is meant."""
    return isinstance(value, str) and any(character.isalpha() for character in value)


def _unopened(program: Program, parts: Iterable[Node]) -> Iterator[Diagnostic]:
    """The first `}}` of a text that closes no brace of it: those that mean themselves are closed by as many."""
    depth = 0
    for part in parts:
        if not isinstance(part, Literal) or not isinstance(part.value, str):
            continue
        for found in _BRACE.finditer(program.source.text, part.span.start, part.span.end):
            if found[0] == "{":
                depth += 1
            elif found[0] == "}":
                depth = max(0, depth - 1)
            elif found[0] == "}}":
                if depth == 0:
                    place = Label(Span(*found.span()))
                    advice = "leave it out, or write `{{` where what is filled in begins"
                    yield Diagnostic("SF010", "`}}` closes nothing", place, help=advice, severity="warning")
                    return
                depth = max(0, depth - 2)
