"""The base of all nodes, and the one generic traversal.

Nodes are frozen values. The span says where a node was written and takes no part in equality or JSON, so two
texts that mean the same give equal trees. Facts that are found out about a node live in side tables, never here.
"""

from collections.abc import Iterator
from dataclasses import field, fields

from dsl.dataclass import dataclass
from dsl.source import NOWHERE, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below `node`, in the order of their fields."""
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first, in source order."""
    yield node
    for child in children(node):
        yield from walk(child)
