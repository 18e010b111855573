"""SF303: going over a list of any length, or telling a model one, or a map: in a prompt, or as what came of a call."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, Use
from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Get, Index, Name, Slice, Template
from dsl.ast.node import Node, children
from dsl.ast.statements import For, ParallelFor
from dsl.checks.program import Program
from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.findings import Unbounded
from dsl.semantics.types import ListOf, MapOf, Record, Type, inside, required, structure


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
    """A list or a map that stands in a text as a whole, or item by item."""
    texts = (text for text in (agent.prompt, agent.instructions) if isinstance(text, Template))
    for name in dict.fromkeys(each for text in texts for part in text.parts for each in _lists(program, part)):
        shown = program.source.slice(name.span)
        found = _any_size(program.facts.type_of(name))
        if found is None:
            continue
        what = f"{found.words} in `{shown}`" if found.words else f"`{shown}`"
        if found.is_map:
            part = f"first(entries({'…' if found.words else shown}), 20)"
            advice = f"tell a part of it: `{part}`, or the fields that are needed"
        elif found.words:
            advice = f"bound {found.it} in its type: `[T] at most 100`, or tell the fields that are needed"
        else:
            advice = "bound it in its type: `[T] at most 100`, or tell it a part: `last(…, 20)`"
        message = f"{what} may hold any number of {found.items}, and the model of `{agent.name}` is told them all"
        yield Diagnostic("SF303", message, program.label(name), help=advice, severity="warning")


def _in_results(program: Program, agent: AgentDeclaration, use: Use) -> Iterator[Diagnostic]:
    """What the model is told of a call. An answer of another model is no longer than that may answer."""
    callee = program.facts.callee_of(use)
    if callee is None or isinstance(callee.node, AgentDeclaration):
        return
    found = _any_size(callee.returns if use.then is None else program.facts.type_of(use.then))
    if found is None:
        return
    result = "the result" if use.then is None else "what `then` makes of the result"
    what = f"{found.words} in {result}" if found.words else result
    if found.is_map:
        advice = (
            "tell the model a part by `then FUNCTION`, or name the fields that are needed in its type: `{ name: T? }`"
        )
    elif found.words:
        advice = f"bound {found.it} in its type: `[T] at most 100`, or tell the model a part by `then FUNCTION`"
    else:
        advice = "bound it in its type: `[T] at most 100`, or tell the model a part: `then first(20)`"
    whole = f"{what} of `{use.target}` may hold any number of {found.items}"
    message = f"{whole}, and the model of `{agent.name}` is told them all"
    yield Diagnostic("SF303", message, program.label(use), help=advice, severity="warning")


def _lists(program: Program, node: Node) -> Iterator[Expression]:
    """The smallest parts that are lists without a bound or maps, and are not cut or counted by what is around them."""
    match node:
        case FunctionCall() if program.facts.callee_of(node) is not None:
            for child in children(node):
                yield from _lists(program, child)
        case FunctionCall(function="len" | "sum" | "min" | "max") | Slice() | Index():
            return
        case FunctionCall(function="first" | "last"):
            return
        case Name() | Get():
            if _any_size(program.facts.type_of(node)) is not None:
                yield node
        case Comprehension(source=Name() | Get() as source):
            if _is_any_size(program.facts.type_of(source)):
                yield source
            yield from (found for part in (node.item, node.condition) if part for found in _lists(program, part))
        case _:
            for child in children(node):
                yield from _lists(program, child)


@dataclass(frozen=True, slots=True)
class _AnySize:
    """A list without a bound, or a map, and what it is called in the value that it is in; "" where it is that value."""

    is_map: bool
    words: str = ""

    @property
    def items(self) -> str:
        return "entries" if self.is_map else "items"

    @property
    def it(self) -> str:
        return self.words if self.words.startswith("`") else "it"


def _any_size(type_: Type) -> _AnySize | None:
    """The first of what is told whole: the value itself, what a field of it holds, what stands in its lists."""
    if _is_any_size(type_):
        return _AnySize(_is_map(type_))
    parts = list(inside(type_, follow=True))
    members = (member for record in parts if isinstance(record, Record) for member in record.members)
    for member in members:
        if _is_any_size(member.type):
            return _AnySize(_is_map(member.type), f"`{member.name}`")
    found = next((part for part in parts if _is_any_size(part)), None)
    return None if found is None else _AnySize(_is_map(found), "a map" if _is_map(found) else "a list")


def _is_any_size(type_: Type) -> bool:
    found = structure(required(type_))
    return isinstance(found, MapOf) or (isinstance(found, ListOf) and found.at_most is None)


def _is_map(type_: Type) -> bool:
    return isinstance(structure(required(type_)), MapOf)
