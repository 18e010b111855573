"""SF608: what is declared, and named nowhere in a file that has flows: a tool, an agent, a type, a function, a
constant, a value of the deployment.

Where there is no flow, the file is there for others. So are the tools of a server, of which it has more than one uses.
"""

from collections.abc import Iterator

from dsl.ast.declarations import (
    AgentDeclaration,
    ConfigDeclaration,
    ConstantDeclaration,
    FlowDeclaration,
    FunctionDeclaration,
    Summarise,
    ToolDeclaration,
    TypeDeclaration,
    Use,
)
from dsl.ast.expressions import FunctionCall
from dsl.ast.node import Node, walk
from dsl.ast.statements import Call
from dsl.ast.types import NamedType
from dsl.checks.program import Program, nearest
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import UnknownName

Declared = (
    ToolDeclaration | AgentDeclaration | TypeDeclaration | FunctionDeclaration | ConstantDeclaration | ConfigDeclaration
)
_WORDS = {
    ToolDeclaration: "tool",
    AgentDeclaration: "agent",
    TypeDeclaration: "type",
    FunctionDeclaration: "function",
    ConstantDeclaration: "constant",
    ConfigDeclaration: "value of the deployment",
}


def check(program: Program) -> Iterator[Diagnostic]:
    if program.facts.partly_read or next(program.facts.all(FlowDeclaration), None) is None:
        return
    declarations = program.facts.module.declarations
    named = {name for each in declarations for name in _named(each)} | program.facts.constants_named
    missed = tuple(found.name for found in program.facts.found(UnknownName))
    for each in declarations:
        word = _WORDS.get(type(each))
        if word is None or not isinstance(each, Declared) or each.name in named or _is_of_a_server(each):
            continue
        if isinstance(each, ConfigDeclaration) and id(each.field) in program.facts.used:
            continue
        if nearest(each.name, missed) is None:
            message = f"nothing uses the {word} `{each.name}`"
            primary = program.name_label(each, each.name)
            yield Diagnostic("SF608", message, primary, help="use it, or leave it out", severity="warning")


def _named(declaration: Node) -> Iterator[str]:
    """What is named in it; what only names itself is not used by that."""
    own = getattr(declaration, "name", None)
    for node in walk(declaration):
        match node:
            case Call(target=name) | Use(target=name) | Summarise(target=name) | FunctionCall(function=name):
                found = name
            case NamedType(name=name):
                found = name
            case _:
                continue
        if found != own:
            yield found


def _is_of_a_server(declaration: Declared) -> bool:
    return isinstance(declaration, ToolDeclaration) and declaration.served is not None
