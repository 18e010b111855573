"""Every node of a module by class, gathered in one traversal, so that a check looks only at what concerns it."""

from dsl.ast.node import Node, walk
from dsl.ast.statements import Set


def by_class(root: Node) -> dict[type[Node], list[Node]]:
    """All nodes below and with `root`, in source order."""
    found: dict[type[Node], list[Node]] = {}
    for node in walk(root):
        found.setdefault(type(node), []).append(node)
    return found


def names_set(root: Node) -> frozenset[str]:
    """The vars that statements below `root` set."""
    return frozenset(node.name for node in by_class(root).get(Set, ()) if isinstance(node, Set))
