"""SF010: `{name}` and `${name}` in a text, which other languages fill in and this one sends as they stand."""

import re
from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration
from dsl.ast.expressions import Literal
from dsl.ast.node import Node
from dsl.ast.shapes import SHAPES
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.semantics.nodes import by_class
from dsl.source import Span

_PLACE = re.compile(r"(?<![{\\])(\$?\{ *([A-Za-z_]\w*)((?:\.\w+)*) *\})(?!\})")


def check(program: Program) -> Iterator[Diagnostic]:
    """Only of names that are known there: a text may well hold braces that mean themselves."""
    owners: list[FlowDeclaration | AgentDeclaration] = [*program.facts.all(FlowDeclaration)]
    for owner in (*owners, *program.facts.all(AgentDeclaration)):
        nodes = by_class(owner)
        names = _names(owner, nodes)
        for node in nodes.get(Literal, ()):
            if isinstance(node, Literal) and isinstance(node.value, str) and "{" in node.value:
                yield from _in_text(program, node, names)


def _names(owner: FlowDeclaration | AgentDeclaration, nodes: dict[type[Node], list[Node]]) -> set[str]:
    found = {field.name for field in owner.parameters}
    for kind, shape in SHAPES.items():
        for node in nodes.get(kind, ()):
            found |= {name for name, _ in shape.names(node) if name is not None}
    return found


def _in_text(program: Program, node: Literal, names: set[str]) -> Iterator[Diagnostic]:
    for place in _PLACE.finditer(program.source.text, node.span.start, node.span.end):
        written, name, fields = place.groups()
        if name in names:
            span = Span(place.start(), place.end())
            meant = f"{{{{ {name}{fields} }}}}"
            message = f"`{written}` is sent as it stands"
            yield Diagnostic("SF010", message, Label(span), (), f"write `{meant}`", Fix(span, meant), "warning")
