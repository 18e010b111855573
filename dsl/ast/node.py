"""The base of all nodes, and the one generic traversal.

Nodes are frozen values. The span says where a node was written and takes no part in equality or JSON, so two
texts that mean the same give equal trees. Facts that are found out about a node live in side tables, never here.
"""

from collections.abc import Iterator

from dsl.dataclass import dataclass, field, field_names
from dsl.source import NOWHERE, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`, in the order of their fields."""
    below: list[Node] = []
    for name in field_names(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            below.append(value)
        elif type(value) is tuple:
            below.extend(item for item in value if isinstance(item, Node))
    return below


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first, in source order."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))
