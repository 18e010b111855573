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


def origin(value: Expression, facts: Facts) -> Origin | None:
    """The closest origin of `value`."""
    return next(iter(origins(value, facts)), None)


def origins(value: Expression, facts: Facts) -> list[Origin]:
    """All origins of `value`, the closest first."""
    match value:
        case Name():
            return _of_name(value, facts)
        case Get(subject=subject, name=name):
            return [(*found, name) for found in origins(subject, facts)]
        case Index(subject=subject, index=Literal(value=key)):
            return [(*found, f"[{key}]") for found in origins(subject, facts)]
        case _:
            return []


def _of_name(name: Name, facts: Facts) -> list[Origin]:
    symbol = facts.symbol_of(name)
    if symbol is None:
        return []
    own: Origin = (id(symbol.node), symbol.kind)
    if isinstance(symbol.node, Let):
        return (origins(symbol.node.value, facts) if is_settled(symbol.node.value, facts) else []) or [own]
    if isinstance(symbol.node, For | ParallelFor) and symbol.kind == "item":
        return [own, *((*found, "[]") for found in origins(symbol.node.source, facts))]
    return [own]


def is_settled(value: Expression, facts: Facts) -> bool:
    """Whether no `var` is in `value`, so that it means the same wherever it is worked out."""
    symbols = (facts.symbol_of(name) for name in by_class(value).get(Name, ()))
    return all(symbol is not None and symbol.kind != "var" for symbol in symbols)


def from_model(value: Expression, facts: Facts) -> Call | None:
    """The call of an agent that `value` is made from, as far as it can be followed inside this flow."""
    return _from_model(value, facts, set())


def _from_model(value: Node, facts: Facts, seen: set[int]) -> Call | None:
    for name in by_class(value).get(Name, ()):
        symbol = facts.symbol_of(name)
        if symbol is None or id(symbol.node) in seen:
            continue
        seen.add(id(symbol.node))
        for source in _sources(symbol, facts):
            call = _agent_call(source, facts) or _from_model(source, facts, seen)
            if call is not None:
                return call
    return None


def _sources(symbol: Symbol, facts: Facts) -> Iterator[Node]:
    """What the value of a name is made from."""
    match symbol.node:
        case Let(value=value):
            yield value
        case Var(value=value):
            sets = (node for node in facts.all(Set) if facts.symbols.get(id(node)) is symbol)
            yield from ([] if value is None else [value])
            yield from (node.value for node in sets)
        case For(source=source):
            yield source
        case ParallelFor(source=source, body=body):
            yield from [source] if symbol.kind == "item" else by_class(body).get(Yield, ())
        case Step() | Parallel():
            yield symbol.node


def _agent_call(node: Node, facts: Facts) -> Call | None:
    for call in by_class(node).get(Call, ()):
        signature = facts.callee_of(call) if isinstance(call, Call) else None
        if isinstance(call, Call) and signature is not None and signature.kind == "agent":
            return call
    return None


def rounds_of(value: Expression, facts: Facts) -> Iterator[Node]:
    """The rounds whose items `value` is made of."""
    for name in by_class(value).get(Name, ()):
        symbol = facts.symbol_of(name)
        if symbol is None:
            continue
        if isinstance(symbol.node, Let):
            yield from rounds_of(symbol.node.value, facts)
        elif isinstance(symbol.node, For | ParallelFor) and symbol.kind == "item":
            yield symbol.node
            yield from rounds_of(symbol.node.source, facts)
