"""Rows of operators, `a + b - c …`, `a and b and c …`, and chains, `if … then … else if …`: long is not deep.

Read from the left, a row of 500 operands is a tree 500 deep, and whatever goes through expressions goes as deep. A long
row of `and` or of `or` is therefore kept in halves, which is 9 deep: they ask their operands in the same order and stop
at the same one. A long row of sums or of products is one node with all of its operands, because a fraction differs by
the order in which it is added up; so is a long chain.

A short row stays as it is, and so does one of up to 98 that was never too deep where it stands: their hashes stay.
Either way the tree, and so the hash, depends on the text of the declaration alone.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from dsl.ast.expressions import Binary, Chain, Conditional, Expression, Operand, Row, Way
from dsl.ast.node import Node, children
from dsl.dataclass import field_names, replace
from dsl.source import Span

LONG = 32
"""So many operands make a row long whose operator has always been put together in another way."""
MANY = 98
"""So many make any row or chain long."""
FEW = 8
"""So many do in a declaration that is too deep otherwise."""
_LEVELS = (("or",), ("and",), ("+", "-"), ("*", "/", "//", "%"))
_LEVEL = {operator: level for level in _LEVELS for operator in level}
N = TypeVar("N", bound=Node)


def row(node: Node, many: int = MANY) -> tuple[Expression, list[Binary]] | None:
    """What the row that ends with `node` begins with and each further operand's node, when it is a long one."""
    if not isinstance(node, Binary) or node.operator not in _LEVEL:
        return None
    level = _LEVEL[node.operator]
    operands: list[Binary] = []
    here: Expression = node
    while isinstance(here, Binary) and here.operator in level:
        operands.append(here)
        here = here.left
    alike = node.operator != "-" and len(level) < 3 and all(each.operator == node.operator for each in operands)
    least = min(LONG, many) if alike else many
    return (here, operands[::-1]) if len(operands) >= least else None


def chain(node: Node, many: int = MANY) -> list[Conditional]:
    """The `if`s of the chain that begins with `node`, when it is a long one."""
    links: list[Conditional] = []
    here: Node = node
    while isinstance(here, Conditional):
        links.append(here)
        here = here.otherwise
    return links if len(links) >= many else []


def first_below(root: Node, limit: int, many: int = MANY) -> Span | None:
    """The place of a node more than `limit` levels below `root`, long rows as they are kept; without recursion."""
    pending: list[tuple[Node, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > limit:
            return node.span
        below, deeper = _below(node, many)
        pending.extend((child, depth + deeper) for child in below)
    return None


def _below(node: Node, many: int) -> tuple[Sequence[Node], int]:
    """What is directly below it, and how far."""
    if found := row(node, many):
        first, operands = found
        halves = _is_logical(node)
        return [first, *(each.right for each in operands)], len(operands).bit_length() + 1 if halves else 2
    if links := chain(node, many):
        return [*(part for each in links for part in (each.condition, each.then)), links[-1].otherwise], 2
    return children(node), 1


def has_long_rows(root: Node, many: int = MANY) -> bool:
    pending = [root]
    while pending:
        node = pending.pop()
        if row(node, many) or chain(node, many):
            return True
        pending.extend(children(node))
    return False


def kept_flat(node: N, many: int = MANY) -> N:
    """`node` with every long row and chain as it is kept. As deep as the tree will be: look at that first."""
    if found := row(node, many):
        first, operands = found
        return _row(kept_flat(first, many), operands, many)  # type: ignore[return-value]
    if links := chain(node, many):
        ways = tuple(Way(kept_flat(each.condition, many), kept_flat(each.then, many), span=each.span) for each in links)
        return Chain(ways, kept_flat(links[-1].otherwise, many), span=node.span)  # type: ignore[return-value]
    changes: dict[str, Any] = {}
    for name in field_names(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = kept_flat(value, many)
        elif isinstance(value, tuple):
            changes[name] = tuple(kept_flat(each, many) if isinstance(each, Node) else each for each in value)
    return replace(node, **changes) if any(changes[name] is not getattr(node, name) for name in changes) else node


def _row(first: Expression, operands: list[Binary], many: int) -> Expression:
    last = operands[-1]
    if _is_logical(last):
        return _halves(last.operator, [first, *(kept_flat(each.right, many) for each in operands)])
    rest = tuple(Operand(each.operator, kept_flat(each.right, many), span=each.right.span) for each in operands)
    return Row(first, rest, span=last.span)


def _is_logical(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator in ("and", "or")


def _halves(operator: str, operands: list[Expression]) -> Expression:
    if len(operands) == 1:
        return operands[0]
    middle = (len(operands) + 1) // 2
    left, right = _halves(operator, operands[:middle]), _halves(operator, operands[middle:])
    return Binary(operator, left, right, span=left.span.to(right.span))
