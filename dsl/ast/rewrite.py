"""Rebuild a tree with some of its nodes changed; what does not change is shared."""

from collections.abc import Callable
from typing import Any, TypeVar

from dsl.ast.node import Node
from dsl.dataclass import field_names, replace

N = TypeVar("N", bound=Node)
Change = Callable[[Any, Node], Any]
"""From a node whose parts are already changed, and the node as it was, to the node that takes its place."""


def rewrite(node: N, change: Change) -> N:
    """`node` with `change` applied to every node in it, the innermost first."""
    changes: dict[str, Any] = {}
    for name in field_names(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            _note(changes, name, value, rewrite(value, change))
        elif type(value) is tuple and value and isinstance(value[0], Node):
            items = tuple(rewrite(item, change) for item in value)
            if any(new is not old for new, old in zip(items, value, strict=True)):
                changes[name] = items
    rebuilt: N = change(replace(node, **changes) if changes else node, node)
    return rebuilt


def _note(changes: dict[str, Any], name: str, before: Node, after: Node) -> None:
    if after is not before:
        changes[name] = after
