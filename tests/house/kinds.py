"""Finds the places that know kinds of nodes by name, and not all of them.

A table with a row for each kind, and a `match` that ends in `assert_never`, hold themselves to the union. Any other
list of kinds is silent when a new one comes, so each is found here, and known by its file and the kinds that it names.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from dsl.ast import declarations, expressions, statements, types

UNIONS: dict[str, frozenset[str]] = {
    name: frozenset(kind.__name__ for kind in get_args(union))
    for name, union in {
        "Statement": statements.Statement,
        "Expression": expressions.Expression,
        "Type": types.Type,
        "Declaration": declarations.Declaration,
    }.items()
}
FEWEST = {"Statement": 2, "Declaration": 2, "Expression": 3, "Type": 3}
"""So many kinds together are a list of kinds."""


@dataclass(frozen=True, order=True)
class Partial:
    """A place in `file` that knows these `kinds` of a union by name and not the others."""

    file: str
    kinds: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kinds}"


def partial(file: str, tree: ast.AST, unions: dict[str, frozenset[str]] = UNIONS) -> Iterator[Partial]:
    for node in ast.walk(tree):
        named = _named(node)
        for union, members in unions.items() if named else ():
            kinds = named & members
            if len(kinds) >= FEWEST[union] and members - kinds:
                yield Partial(file, " ".join(sorted(kinds)))


def _named(node: ast.AST) -> frozenset[str]:
    """The names of classes that stand side by side in `node`, or as texts."""
    match node:
        case ast.Dict(keys=keys):
            return _names(keys)
        case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return _names(parts)
        case ast.Match(cases=cases) if not _is_never(cases[-1]):
            return frozenset(name for case in cases for part in ast.walk(case.pattern) for name in _matched(part))
        case ast.Assign(value=ast.BinOp(op=ast.BitOr()) as union):
            return _names(list(_operands(union)))
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, kinds]):
            return _names(list(_operands(kinds)))
        case ast.BoolOp(op=ast.Or(), values=values):
            return frozenset(name for value in values for name in _compared(value))
    return frozenset()


def _compared(node: ast.expr) -> Iterator[str]:
    """`type(x) is A`, `isinstance(x, A)`, as one part of an `or`."""
    match node:
        case ast.Compare(comparators=parts):
            yield from (_name(part) for part in parts)
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, kinds]):
            yield from (_name(kind) for kind in _operands(kinds))


def _matched(pattern: ast.AST) -> Iterator[str]:
    match pattern:
        case ast.MatchClass(cls=kind) | ast.MatchValue(value=kind):
            yield _name(kind)


def _is_never(case: ast.match_case) -> bool:
    """A type checker sees that nothing is left out."""
    return isinstance(case.pattern, ast.MatchAs) and "assert_never" in ast.unparse(case.body[-1])


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _operands(node.left)
        yield from _operands(node.right)
    else:
        yield node


def _names(nodes: list[ast.expr] | list[ast.expr | None]) -> frozenset[str]:
    return frozenset(_name(node) for node in nodes if node is not None)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            return name
    return ""
