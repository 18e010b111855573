"""Which kinds of errors can come out of statements: those that tools declare, and those that flows `fail` with.

What a flow ends with that nobody waits for does not come out. The machine's own can come out of nearly everything and
are left out. What a nested `try` handles counts too: whether its condition holds is not known. A `fail` whose kind is
worked out may have any kind that can be caught around it: `open`.
"""

from collections.abc import Iterator

from dsl.ast.declarations import FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Conditional, Entry, Expression, Literal, RecordLiteral, Template
from dsl.ast.node import Node
from dsl.ast.statements import Call, Fail, Step
from dsl.dataclass import dataclass
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class


@dataclass(frozen=True, slots=True)
class Raised:
    kinds: frozenset[str]
    open: bool


def raised(block: Node, facts: Facts) -> Raised:
    """What can come out of `block`, also through the flows that it calls."""
    kinds: set[str] = set()
    is_open = False
    waiting: list[Node] = [block]
    seen: set[str] = set()
    for node in waiting:
        nodes = by_class(node)
        for fail in nodes.get(Fail, ()):
            assert isinstance(fail, Fail)
            literals = list(failed_with(fail.value))
            kinds.update(str(each.value) for each in literals if each is not None)
            is_open = is_open or None in literals
        detached = {id(step.call) for step in nodes.get(Step, ()) if isinstance(step, Step) and step.detached}
        for call in nodes.get(Call, ()):
            assert isinstance(call, Call)
            if id(call) in detached:
                continue
            signature = facts.callee_of(call)
            declaration = None if signature is None else signature.node
            is_open = is_open or signature is None
            if isinstance(declaration, ToolDeclaration):
                kinds.update(declaration.errors)
            elif isinstance(declaration, FlowDeclaration) and declaration.name not in seen:
                seen.add(declaration.name)
                waiting.append(declaration.body)
                is_open = is_open or id(declaration) in facts.partly_read
    return Raised(frozenset(kinds), is_open)


def failed_with(value: Expression) -> Iterator[Literal | None]:
    """The kinds that a `fail` names by literals; None for one that is worked out."""
    match value:
        case RecordLiteral(entries=entries) if all(isinstance(entry, Entry) for entry in entries):
            for entry in entries:
                if isinstance(entry, Entry) and entry.name == "kind":
                    yield from _texts(entry.value)
        case Conditional():
            yield from failed_with(value.then)
            yield from failed_with(value.otherwise)
        case Literal() | Template():
            return
        case _:
            yield None


def _texts(value: Expression) -> Iterator[Literal | None]:
    match value:
        case Literal(value=str()):
            yield value
        case Conditional():
            yield from _texts(value.then)
            yield from _texts(value.otherwise)
        case _:
            yield None
