"""What an expression is made of: the names it takes from around it, and its weight (how many nodes it has)."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from dsl.ast import expressions as ast
from dsl.ast.expressions import Expression
from dsl.ast.node import Node


def names(expression: Expression) -> frozenset[str]:
    """The free names: all that are used, without the variables of its own comprehensions, and what is applied."""
    found: set[str] = set()
    _collect(expression, frozenset(), found)
    return frozenset(found)


def weight(expression: Expression) -> int:
    """How many nodes one evaluation visits at most, comprehensions inside counted once."""
    return 1 + sum(map(weight, _parts(expression)))


def _collect(node: Any, bound: frozenset[str], found: set[str]) -> None:
    kind = type(node)
    if kind is ast.Name:
        if node.name not in bound:
            found.add(node.name)
    elif kind is ast.Comprehension:
        _collect(node.source, bound, found)
        inner = bound | {node.variable}
        _collect(node.item, inner, found)
        if node.condition is not None:
            _collect(node.condition, inner, found)
    elif kind is ast.Apply:
        for argument in node.arguments:
            _collect(argument, bound, found)
    else:
        for part in _parts(node):
            _collect(part, bound, found)


def _parts(node: Any) -> Iterator[Any]:
    return (part for part in _PARTS[type(node)](node) if part is not None)


def _none(node: Any) -> tuple[Any, ...]:
    return ()


def _one(field: str) -> Callable[[Any], tuple[Any, ...]]:
    return lambda node: (getattr(node, field),)


_PARTS: dict[type[Node], Callable[[Any], tuple[Any, ...]]] = {
    ast.Literal: _none,
    ast.DurationLiteral: _none,
    ast.Name: _none,
    ast.Template: attrgetter("parts"),
    ast.Get: _one("subject"),
    ast.Index: attrgetter("subject", "index"),
    ast.Slice: attrgetter("subject", "start", "stop"),
    ast.FunctionCall: attrgetter("arguments"),
    ast.Argument: _one("value"),
    ast.Unary: _one("operand"),
    ast.Binary: attrgetter("left", "right"),
    ast.Row: lambda node: (node.first, *node.rest),
    ast.Operand: _one("value"),
    ast.Chain: lambda node: (*node.ways, node.otherwise),
    ast.Way: attrgetter("condition", "value"),
    ast.Conditional: attrgetter("condition", "then", "otherwise"),
    ast.ListLiteral: attrgetter("items"),
    ast.Comprehension: attrgetter("item", "source", "condition"),
    ast.RecordLiteral: attrgetter("entries"),
    ast.Entry: _one("value"),
    ast.Spread: _one("value"),
    ast.Widen: _one("value"),
    ast.Convert: attrgetter("value", "otherwise"),
    ast.Apply: lambda node: (*node.arguments, node.body),
}
"""The parts of each kind of node; a test shows that none is missing."""
