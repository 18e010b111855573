"""Declarations as their authors know them.

What sealing has put in besides is taken out again: conversions, the bodies of functions, which calls an approval opens,
what a flow can spend. All of that follows from what is written elsewhere, and is told there. What is left out of a
conversation that is too long counts: it is shown as the call of `last` that it is.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Apply, Argument, Expression, FunctionCall, Literal, Name, Widen
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.types import ConversationType
from dsl.dataclass import replace

N = TypeVar("N", bound=Node)


def plain(node: N) -> N:
    return rewrite(node, _plain)


def _plain(node: Any, original: Node) -> Any:
    match node:
        case Widen(value=value, type=ConversationType(at_most=int() as most)):
            return FunctionCall("last", (Argument(None, value), Argument(None, Literal(most))))
        case Widen(value=value):
            return value
        case Apply(function=function, arguments=arguments):
            return FunctionCall(function, arguments)
        case FlowDeclaration():
            return replace(node, most=None, usual=None, charges=Decimal(0))
        case ast.AwaitApproval():
            return replace(node, gates=())
        case ast.Step() if node.transcript:
            return replace(node, transcript=False)
        case ast.Match() if node.complete:
            return replace(node, complete=False)
        case _:
            return node


def functions_in(nodes: Iterator[Node]) -> dict[str, Apply]:
    """By name, one call of each declared function: it has its body with it."""
    found: dict[str, Apply] = {}
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Apply):
                found.setdefault(part.function, part)
    return found


def body_of(function: Apply) -> Expression:
    return plain(function.body)


def with_names(node: N, names: Mapping[str, str]) -> N:
    """What is called otherwise on the other side, called as it is there: locals of a flow."""
    if not names:
        return node

    def change(part: Any, original: Node) -> Any:
        match part:
            case Name(name=name) if (known := _renamed(name, names)) is not None:
                return replace(part, name=known)
            case ast.Set(name=name) | ast.Respond(name=name) if name in names:
                return replace(part, name=names[name])
            case ast.Break(loop=str() as name) | ast.Continue(loop=str() as name) if name in names:
                return replace(part, loop=names[name])
            case ast.FirstBranch(branch=str() as name) if name in names:
                return replace(part, branch=names[name])
            case _:
                return part

    return rewrite(node, change)


def _renamed(name: str, names: Mapping[str, str]) -> str | None:
    if name in names:
        return names[name]
    head, bracket, rest = name.partition("(")
    inside = rest.removesuffix(")")
    return f"{head}({names[inside]})" if bracket and inside in names else None
