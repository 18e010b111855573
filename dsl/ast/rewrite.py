"""Rebuild a tree with some of its nodes changed; what does not change is shared."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from dsl.ast.node import Node

N = TypeVar("N", bound=Node)
Change = Callable[[Any, Node], Any]
"""From a node whose parts are already changed, and the node as it was, to the node that takes its place."""


def rewrite(node: N, change: Change) -> N:
    """`node` with `change` applied to every node in it, the innermost first."""
    changes: dict[str, Any] = {}
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            _note(changes, part.name, value, rewrite(value, change))
        elif type(value) is tuple and value and isinstance(value[0], Node):
            items = tuple(rewrite(item, change) for item in value)
            if any(new is not old for new, old in zip(items, value, strict=True)):
                changes[part.name] = items
    rebuilt: N = change(replace(node, **changes) if changes else node, node)
    return rebuilt


def _note(changes: dict[str, Any], name: str, before: Node, after: Node) -> None:
    if after is not before:
        changes[name] = after
