"""SF303: going over a list of any length, or telling a model one: in a prompt, or as what came of a call."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, Use
from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Get, Index, Name, Slice, Template
from dsl.ast.node import Node, children
from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unbounded
from dsl.semantics.types import ListOf, Record, Type, inside, required, structure


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
        for use in agent.uses:
            yield from _in_results(program, agent, use)


def _in_prompts(program: Program, agent: AgentDeclaration) -> Iterator[Diagnostic]:
    """A list that stands in a text as a whole, or item by item."""
    texts = (text for text in (agent.prompt, agent.instructions) if isinstance(text, Template))
    for name in dict.fromkeys(each for text in texts for part in text.parts for each in _lists(program, part)):
        shown = program.source.slice(name.span)
        held = _held(program.facts.type_of(name))
        what = f"`{shown}`" if held is None else f"`{held}` in `{shown}`"
        message = f"{what} may hold any number of items, and the model of `{agent.name}` is told them all"
        advice = "bound it in its type: `[T] at most 100`, or tell it a part: `last(…, 20)`"
        if held is not None:
            advice = f"bound `{held}` in its type: `[T] at most 100`, or tell the fields that are needed"
        yield Diagnostic("SF303", message, program.label(name), help=advice, severity="warning")


def _in_results(program: Program, agent: AgentDeclaration, use: Use) -> Iterator[Diagnostic]:
    """What the model is told of a call. An answer of another model is no longer than that may answer."""
    callee = program.facts.callee_of(use)
    if callee is None or isinstance(callee.node, AgentDeclaration):
        return
    told = callee.returns if use.then is None else program.facts.type_of(use.then)
    held = _held(told)
    if held is None and not _is_any_size(told):
        return
    result = "the result" if use.then is None else "what `then` makes of the result"
    what = result if held is None else f"`{held}` in {result}"
    message = f"{what} of `{use.target}` may hold any number of items, and the model of `{agent.name}` is told them all"
    advice = "bound it in its type: `[T] at most 100`, or tell the model a part: `then first(20)`"
    if held is not None:
        advice = f"bound `{held}` in its type: `[T] at most 100`, or tell the model a part by `then FUNCTION`"
    yield Diagnostic("SF303", message, program.label(use), help=advice, severity="warning")


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
            type_ = program.facts.type_of(node)
            if _is_any_size(type_) or _held(type_) is not None:
                yield node
        case Comprehension(source=Name() | Get() as source):
            if _is_any_size(program.facts.type_of(source)):
                yield source
            yield from (found for part in (node.item, node.condition) if part for found in _lists(program, part))
        case _:
            for child in children(node):
                yield from _lists(program, child)


def _is_any_size(type_: Type) -> bool:
    found = structure(required(type_))
    return isinstance(found, ListOf) and found.at_most is None


def _held(type_: Type) -> str | None:
    """The first field of any size in records that are told whole; None where the value itself is such a list."""
    if _is_any_size(type_):
        return None
    records = (part for part in inside(type_, follow=True) if isinstance(part, Record))
    members = (member for record in records for member in record.members)
    lists = ((member.name, structure(required(member.type))) for member in members)
    return next((name for name, found in lists if isinstance(found, ListOf) and found.at_most is None), None)
