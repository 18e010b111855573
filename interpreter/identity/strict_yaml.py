"""YAML as people write it for us: a key that stands twice is a mistake, because one of the two would be lost, and
fractions keep their digits, because they may be money.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml


class StrictLoader(yaml.SafeLoader):
    """For `yaml.load`. What it refuses is a `yaml.YAMLError` with its place."""

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


StrictLoader.add_constructor("tag:yaml.org,2002:float", StrictLoader.construct_fraction)
