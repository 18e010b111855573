"""Where a value comes from: the statement or parameter that defines it, and the fields below.

A `let` stands for the path that it was given. The item of a round is a place of its own, and also some item of the list
that the round goes over; so a value can have more than one origin. What is worked out has none.
"""

from collections.abc import Iterator

from dsl.ast.expressions import Expression, Get, Index, Literal, Name
from dsl.ast.node import Node
from dsl.ast.statements import Call, For, Let, Parallel, ParallelFor, Set, Step, Var, Yield
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class
from dsl.semantics.symbols import Symbol

Origin = tuple[int | str, ...]
"""The identity of the node that defines a name, what it defines it as, then fields; `[]` is any item of a list."""

_MOST_STEPS = 40


def origin(value: Expression, facts: Facts) -> Origin | None:
    """The closest origin of `value`."""
    return next(iter(origins(value, facts)), None)


def origins(value: Expression, facts: Facts, steps: int = _MOST_STEPS) -> list[Origin]:
    """All origins of `value`, the closest first; names are followed for so many `steps`."""
    match value:
        case Name():
            return _of_name(value, facts, steps)
        case Get(subject=subject, name=name):
            return [(*found, name) for found in origins(subject, facts, steps)]
        case Index(subject=subject, index=Literal(value=key)):
            return [(*found, f"[{key}]") for found in origins(subject, facts, steps)]
        case _:
            return []


def _of_name(name: Name, facts: Facts, steps: int) -> list[Origin]:
    symbol = facts.symbol_of(name)
    if symbol is None:
        return []
    own: Origin = (id(symbol.node), symbol.kind)
    if steps == 0:
        return [own]
    if isinstance(symbol.node, Let):
        settled = is_settled(symbol.node.value, facts)
        return (origins(symbol.node.value, facts, steps - 1) if settled else []) or [own]
    if isinstance(symbol.node, For | ParallelFor) and symbol.kind == "item":
        return [own, *((*found, "[]") for found in origins(symbol.node.source, facts, steps - 1))]
    return [own]


def is_settled(value: Expression, facts: Facts) -> bool:
    """Whether no `var` is in `value`, so that it means the same wherever it is worked out."""
    symbols = (facts.symbol_of(name) for name in by_class(value).get(Name, ()))
    return all(symbol is not None and symbol.kind != "var" for symbol in symbols)


def from_model(value: Expression, facts: Facts) -> Call | None:
    """The call of an agent that `value` is made from, as far as it can be followed inside this flow."""
    pending: list[Node] = [value]
    seen: set[int] = set()
    for node in pending:
        call = _agent_call(node, facts)
        if call is not None:
            return call
        for symbol in _symbols(node, facts):
            if id(symbol.node) not in seen:
                seen.add(id(symbol.node))
                pending.extend(_sources(symbol, facts))
    return None


def _symbols(node: Node, facts: Facts) -> Iterator[Symbol]:
    for name in by_class(node).get(Name, ()):
        symbol = facts.symbol_of(name)
        if symbol is not None:
            yield symbol


def _sources(symbol: Symbol, facts: Facts) -> Iterator[Node]:
    """What the value of a name is made from."""
    match symbol.node:
        case Let(value=value):
            yield value
        case Var(value=value):
            sets = (node for node in facts.all(Set) if _sets(node, symbol, facts))
            yield from ([] if value is None else [value])
            yield from (node.value for node in sets)
        case For(source=source):
            yield source
        case ParallelFor(source=source, body=body):
            yield from [source] if symbol.kind == "item" else by_class(body).get(Yield, ())
        case Step() | Parallel():
            yield symbol.node


def _sets(node: Set, symbol: Symbol, facts: Facts) -> bool:
    var = facts.symbol_of(node)
    return var is not None and var.node is symbol.node


def _agent_call(node: Node, facts: Facts) -> Call | None:
    for call in by_class(node).get(Call, ()):
        signature = facts.callee_of(call) if isinstance(call, Call) else None
        if isinstance(call, Call) and signature is not None and signature.kind == "agent":
            return call
    return None


def rounds_of(value: Expression, facts: Facts) -> set[int]:
    """The rounds, by identity, whose items `value` is made of."""
    found: set[int] = set()
    pending: list[Node] = [value]
    seen: set[int] = set()
    for node in pending:
        for symbol in _symbols(node, facts):
            is_item = isinstance(symbol.node, For | ParallelFor) and symbol.kind == "item"
            if is_item:
                found.add(id(symbol.node))
            if (is_item or isinstance(symbol.node, Let)) and id(symbol.node) not in seen:
                seen.add(id(symbol.node))
                pending.append(symbol.node.source if isinstance(symbol.node, For | ParallelFor) else symbol.node)
    return found
