"""SF303: going over a list of any length, or putting one into a prompt."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Expression, FunctionCall, Get, Index, Name, Slice, Template
from dsl.ast.node import Node, children
from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unbounded
from dsl.semantics.types import ListOf, required, structure


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Unbounded):
        assert isinstance(found.node, For | ParallelFor)
        source: Expression = found.node.source
        text = program.source.slice(source.span)
        short = len(text) <= 40 and "\n" not in text
        message = f"{f'`{text}`' if short else 'this list'} may hold any number of items"
        advice = f"bound it here: `in {text if short else '…'} at most 100`, or in its type: `[T] at most 100`"
        yield Diagnostic("SF303", message, program.label(source), help=advice)
    for agent in program.facts.all(AgentDeclaration):
        yield from _in_prompts(program, agent)


def _in_prompts(program: Program, agent: AgentDeclaration) -> Iterator[Diagnostic]:
    """A list that stands in a text as a whole, or item by item."""
    texts = (text for text in (agent.prompt, agent.instructions) if isinstance(text, Template))
    for name in dict.fromkeys(each for text in texts for part in text.parts for each in _lists(program, part)):
        shown = program.source.slice(name.span)
        message = f"`{shown}` may hold any number of items, and the model of `{agent.name}` is told them all"
        advice = "bound it in its type: `[T] at most 100`, or tell it a part: `last(…, 20)`"
        yield Diagnostic("SF303", message, program.label(name), help=advice, severity="warning")


def _lists(program: Program, node: Node) -> Iterator[Expression]:
    """The smallest parts that are lists without a bound, and are not cut or counted by what is around them."""
    match node:
        case FunctionCall(function="len" | "sum" | "min" | "max") | Slice() | Index():
            return
        case FunctionCall(function="first" | "last"):
            return
        case Name() | Get():
            found = structure(required(program.facts.type_of(node)))
            if isinstance(found, ListOf) and found.at_most is None:
                yield node
        case _:
            for child in children(node):
                yield from _lists(program, child)
