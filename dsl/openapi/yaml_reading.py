"""YAML as documents of OpenAPI mean it: keys are texts, and `NO`, `on` and dates are what they look like, no values."""

import re
from typing import Any

import yaml

_TEXT = "tag:yaml.org,2002:str"
_DROPPED = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")


class PlainLoader(yaml.SafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            self.flatten_mapping(node)
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    key.tag = _TEXT
        return super().construct_mapping(node, deep=deep)


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag not in _DROPPED]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver(_DROPPED[0], re.compile(r"(?:true|false|True|False|TRUE|FALSE)$"), list("tTfF"))
