"""YAML as people write it for us: a key that stands twice is a mistake, because one of the two would be lost, and
fractions keep their digits, because they may be money. What is small in a file stays small: a part that is named and
used again counts each time, and may not hold itself.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

DEEPEST = 100
"""Of lists and mappings inside of each other."""
LARGEST = 100_000
"""Of values in one document."""


class StrictLoader(yaml.SafeLoader):
    """For `yaml.load`. What it refuses is a `yaml.YAMLError` with its place."""

    def get_single_node(self) -> yaml.Node | None:
        try:
            root = super().get_single_node()
        except RecursionError:
            raise _wrong(f"nested more than {DEEPEST} deep", self.get_mark()) from None
        if root is not None:
            _measured(root, {}, 0)
        return root

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # the 45th of a month
            raise _wrong(f"this is no value: {str(error)[:100]}", node.start_mark) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key}` stands twice", key_node.start_mark)
            seen.add(key if isinstance(key, str) else id(key))
        return super().construct_mapping(node, deep)

    def construct_fraction(self, node: yaml.ScalarNode) -> Any:
        try:
            value = Decimal(self.construct_scalar(node).replace("_", ""))
        except InvalidOperation:  # .inf, .nan, and 1:30.5, which YAML takes for a number of seconds
            raise yaml.constructor.ConstructorError(
                None, None, f"`{node.value}` is no number here; for a text, put it in quotes", node.start_mark
            ) from None
        return value


def _wrong(message: str, mark: yaml.Mark) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, message, mark)


def _measured(node: yaml.Node, known: dict[int, int | None], depth: int) -> int:
    """How many values are in a node, each counted wherever it is used; None in `known` while it is being counted."""
    if depth > DEEPEST:
        raise _wrong(f"nested more than {DEEPEST} deep", node.start_mark)
    if id(node) in known:
        size = known[id(node)]
        if size is None:
            raise _wrong("this holds itself", node.start_mark)
        return size
    known[id(node)] = None
    parts = node.value if isinstance(node, yaml.CollectionNode) else ()
    below = [each for part in parts for each in (part if isinstance(part, tuple) else (part,))]
    size = 1 + sum(_measured(each, known, depth + 1) for each in below)
    if size > LARGEST:
        raise _wrong(f"more than {LARGEST:,} values", node.start_mark)
    known[id(node)] = size
    return size


StrictLoader.add_constructor("tag:yaml.org,2002:float", StrictLoader.construct_fraction)
