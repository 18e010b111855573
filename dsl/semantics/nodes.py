"""Every node of a module by class, gathered in one traversal, so that a check looks only at what concerns it."""

from dataclasses import fields
from operator import attrgetter
from typing import Any

from dsl.ast.node import Node
from dsl.ast.statements import Set

_PARTS: dict[type[Node], list[Any]] = {}


def by_class(root: Node) -> dict[type[Node], list[Node]]:
    """All nodes below and with `root`, in source order."""
    found: dict[type[Node], list[Node]] = {}
    pending = [root]
    while pending:
        node = pending.pop()
        found.setdefault(type(node), []).append(node)
        pending.extend(reversed(_children(node)))
    return found


def names_set(root: Node) -> frozenset[str]:
    """The vars that statements below `root` set."""
    return frozenset(node.name for node in by_class(root).get(Set, ()) if isinstance(node, Set))


def _children(node: Node) -> list[Node]:
    getters = _PARTS.get(type(node))
    if getters is None:
        getters = [attrgetter(part.name) for part in fields(node) if part.name != "span"]
        _PARTS[type(node)] = getters
    below: list[Node] = []
    for getter in getters:
        value = getter(node)
        if isinstance(value, Node):
            below.append(value)
        elif type(value) is tuple:
            below.extend(item for item in value if isinstance(item, Node))
    return below
