"""The place in a definition of what stands at a place in its text, as a JSON pointer."""

from dataclasses import fields
from typing import Any

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Module, ToolDeclaration, TypeDeclaration
from dsl.ast.expressions import Widen
from dsl.ast.node import Node
from dsl.definition.definition import Definition
from dsl.definition.shaped import escaped
from dsl.source import NOWHERE, Span

_PARTS: dict[type[Node], str] = {
    TypeDeclaration: "types",
    ToolDeclaration: "tools",
    AgentDeclaration: "agents",
    FlowDeclaration: "flows",
}


def pointer_of(definition: Definition, module: Module, span: Span) -> str | None:
    """The innermost node around `span` that both have; None for what only the text has."""
    for declaration in module.declarations:
        part = _PARTS.get(type(declaration))
        if part is None or not _holds(declaration, span):
            continue
        assert isinstance(declaration, TypeDeclaration | ToolDeclaration | AgentDeclaration | FlowDeclaration)
        given = getattr(definition, part).get(declaration.name)
        inner = declaration.type if isinstance(declaration, TypeDeclaration) else declaration
        return None if given is None else _below(given, inner, span, f"/{part}/{escaped(declaration.name)}")
    return None


def _below(given: Node, written: Node, span: Span, pointer: str) -> str:
    while True:
        while isinstance(given, Widen) and not isinstance(written, Widen):
            given, pointer = given.value, f"{pointer}/value"
        step = _step(given, written, span)
        if step is None:
            return pointer
        given, written, further = step
        pointer += further


def _step(given: Node, written: Node, span: Span) -> tuple[Node, Node, str] | None:
    """One node further in."""
    if type(given) is not type(written):
        return None
    for part in fields(written):
        mine, theirs = getattr(given, part.name), getattr(written, part.name)
        if _holds(theirs, span) and isinstance(mine, Node):
            return mine, theirs, f"/{part.name}"
        if type(theirs) is tuple and type(mine) is tuple and len(mine) == len(theirs):
            for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
                if _holds(other, span) and isinstance(one, Node):
                    return one, other, f"/{part.name}/{number}"
    return None


def _holds(node: Any, span: Span) -> bool:
    return (
        isinstance(node, Node) and node.span != NOWHERE and node.span.start <= span.start and span.end <= node.span.end
    )
