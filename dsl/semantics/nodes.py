"""Every node of a module by class, gathered in one traversal, so that a check looks only at what concerns it."""

from typing import TypeVar, cast

from dsl.ast.node import Node, walk
from dsl.ast.statements import Set

Kind = TypeVar("Kind", bound=Node)

MOST_KNOWN = 2_000
"""Trees that were gathered lately. Dozens of checks ask of each flow, and a node never changes."""
_KNOWN: dict[int, tuple[Node, dict[type[Node], list[Node]]]] = {}


def by_class(root: Node) -> dict[type[Node], list[Node]]:
    """All nodes below and with `root`, in source order. Nobody changes what comes back: who asks next has the same."""
    known = _KNOWN.get(id(root))
    if known is not None and known[0] is root:
        return known[1]
    found: dict[type[Node], list[Node]] = {}
    for node in walk(root):
        found.setdefault(type(node), []).append(node)
    while len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.pop(next(iter(_KNOWN)), None)
    _KNOWN[id(root)] = root, found
    return found


def of_class(root: Node, kind: type[Kind]) -> list[Kind]:
    """The nodes of one class below and with `root`, in source order."""
    return cast("list[Kind]", by_class(root).get(kind, []))


def names_set(root: Node) -> frozenset[str]:
    """The vars that statements below `root` set."""
    return frozenset(node.name for node in of_class(root, Set))
