"""SF303: going over a list of any length, or putting one into a prompt."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Get, Index, Name, Slice, Template
from dsl.ast.node import Node, children
from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unbounded
from dsl.semantics.types import ListOf, Record, inside, required, structure


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
        held = _held(program, name)
        what = f"`{shown}`" if held is None else f"`{held}` in `{shown}`"
        message = f"{what} may hold any number of items, and the model of `{agent.name}` is told them all"
        advice = "bound it in its type: `[T] at most 100`, or tell it a part: `last(…, 20)`"
        if held is not None:
            advice = f"bound `{held}` in its type: `[T] at most 100`, or tell the fields that are needed"
        yield Diagnostic("SF303", message, program.label(name), help=advice, severity="warning")


def _lists(program: Program, node: Node) -> Iterator[Expression]:
    """The smallest parts that are lists without a bound, and are not cut or counted by what is around them."""
    match node:
        case FunctionCall() if program.facts.callee_of(node) is not None:
            for child in children(node):
                yield from _lists(program, child)
        case FunctionCall(function="len" | "sum" | "min" | "max") | Slice() | Index():
            return
        case FunctionCall(function="first" | "last"):
            return
        case Name() | Get():
            if _is_any_size(program, node) or _held(program, node) is not None:
                yield node
        case Comprehension(source=Name() | Get() as source):
            if _is_any_size(program, source):
                yield source
            yield from (found for part in (node.item, node.condition) if part for found in _lists(program, part))
        case _:
            for child in children(node):
                yield from _lists(program, child)


def _is_any_size(program: Program, node: Expression) -> bool:
    found = structure(required(program.facts.type_of(node)))
    return isinstance(found, ListOf) and found.at_most is None


def _held(program: Program, node: Expression) -> str | None:
    """The first field of any size in records that are told whole; None where the value itself is such a list."""
    if _is_any_size(program, node):
        return None
    records = (part for part in inside(program.facts.type_of(node), follow=True) if isinstance(part, Record))
    members = (member for record in records for member in record.members)
    lists = ((member.name, structure(required(member.type))) for member in members)
    return next((name for name, found in lists if isinstance(found, ListOf) and found.at_most is None), None)
