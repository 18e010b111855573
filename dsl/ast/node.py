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


_NAMES: dict[type[Node], tuple[str, ...]] = {}
"""The fields of each class that can hold nodes: looked for once, since all there is walks over trees."""


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`, in the order of their fields."""
    cls = type(node)
    names = _NAMES.get(cls)
    if names is None:
        names = _NAMES[cls] = tuple(name for name in field_names(cls) if name != "span")
    below: list[Node] = []
    for name in names:
        value = getattr(node, name)
        if type(value) is tuple:
            below += [item for item in value if isinstance(item, Node)]
        elif isinstance(value, Node):
            below.append(value)
    return below


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first, in source order."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        below = children(node)
        below.reverse()
        pending += below
