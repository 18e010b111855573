"""Rows of one operator, `a + b + c …`, `a - b - c …`, `a and b and c …`: how long they are is not how deep they are.

Read from the left, a row of 500 operands is a tree 500 deep, and whatever goes through expressions goes as deep. A long
row is therefore kept in halves, which is 9 deep. `and` and `or` ask their operands in the same order and stop at the
same one, and sums are exact, so they are the same; what a long row takes away is added up in halves. A short row stays
as it is; either way the tree, and so the hash, depends on the text alone.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from dsl.ast.expressions import Binary, Expression
from dsl.ast.node import Node, children
from dsl.source import Span

LONG = 32
"""So many operands make a row long."""
_ROWS = {"+": LONG, "and": LONG, "or": LONG, "-": 98}
"""How many are not too many. A row of 98 that are taken away has always been read one by one: its hash stays."""
N = TypeVar("N", bound=Node)


def row(node: Node) -> list[Expression]:
    """The operands of the row that ends with `node`, when it is a long one."""
    if not isinstance(node, Binary) or node.operator not in _ROWS:
        return []
    operands: list[Expression] = []
    here: Expression = node
    while isinstance(here, Binary) and here.operator == node.operator:
        operands.append(here.right)
        here = here.left
    operands.append(here)
    return operands[::-1] if len(operands) > _ROWS[node.operator] else []


def first_below(root: Node, limit: int) -> Span | None:
    """The place of a node more than `limit` levels below `root`, long rows in halves; without recursion."""
    pending: list[tuple[Node, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > limit:
            return node.span
        operands = row(node)
        below: Iterator[Node] | list[Expression] = operands or children(node)
        deeper = len(operands).bit_length() + 1 if operands else 1
        pending.extend((child, depth + deeper) for child in below)
    return None


def has_long_rows(root: Node) -> bool:
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Binary) and row(node):
            return True
        pending.extend(children(node))
    return False


def halved(node: N) -> N:
    """`node` with every long row in halves. As deep as the tree will be, so that is to be looked at first."""
    operands = row(node)
    if operands and isinstance(node, Binary):
        first, *rest = whole = [halved(each) for each in operands]
        if node.operator != "-":
            return _halves(node.operator, whole)  # type: ignore[return-value]
        taken = _halves("+", rest)
        return Binary("-", first, taken, span=first.span.to(taken.span))  # type: ignore[return-value]
    changes: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            changes[part.name] = halved(value)
        elif isinstance(value, tuple):
            changes[part.name] = tuple(halved(each) if isinstance(each, Node) else each for each in value)
    return replace(node, **changes) if any(changes[name] is not getattr(node, name) for name in changes) else node


def _halves(operator: str, operands: list[Expression]) -> Expression:
    if len(operands) == 1:
        return operands[0]
    middle = (len(operands) + 1) // 2
    left, right = _halves(operator, operands[:middle]), _halves(operator, operands[middle:])
    return Binary(operator, left, right, span=left.span.to(right.span))
