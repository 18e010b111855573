"""Where a value comes from: the statement or parameter that defines it, and the fields below.

A `let` stands for the path that it was given. The item of a round is a place of its own, and also some item of the list
that the round goes over; so a value can have more than one origin. What is worked out has none.
"""

from collections.abc import Iterator

from dsl.ast.expressions import Expression, Get, Index, Literal, Name
from dsl.ast.node import Node
from dsl.ast.statements import For, Let, ParallelFor
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class

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
