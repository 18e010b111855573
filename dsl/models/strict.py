"""A JSON Schema as servers take it that hold the answers of a model to it.

They take a part of JSON Schema only. What goes beyond it in a place (a pattern with flags) is told in words there; what
goes beyond it as a whole (too deep, too many values) cannot be a form of the answer, and is told in words altogether.
"""

from collections.abc import Iterator
from typing import Any

from dsl.models.known import Strict, strict
from dsl.regex import regex

Schema = dict[str, Any]

_ODD = regex(r"\(\?(?!:)|\\[pPAzZQEC]")
"""Of RE2, what regular expressions of JSON Schema do not have, or have otherwise: flags, look-around, classes by name.
"""

_TOLD = {"pattern": "matches {}", "format": "a {}", "minimum": "at least {}", "maximum": "at most {}"} | {
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}


def beyond(schema: Schema, limits: Strict | None = None) -> str | None:
    """Why no answer can be held to it; None where one can."""
    limits = limits or strict()
    nodes = list(_nodes(schema))
    deepest = max(depth for _, depth in nodes)
    if deepest > limits.depth:
        return f"it is nested {deepest} deep, and {limits.depth} is the most"
    values = sum(len(node.get("enum", ())) for node, _ in nodes)
    if values > limits.values:
        return f"it has {values:,} values of enumerations, and {limits.values:,} is the most"
    properties = sum(len(node.get("properties", ())) for node, _ in nodes)
    if properties > limits.properties:
        return f"it has {properties:,} fields, and {limits.properties:,} is the most"
    return None


def odd_patterns(schema: Schema) -> list[str]:
    """The patterns that are told in words."""
    return [node["pattern"] for node, _ in _nodes(schema) if _is_odd(node)]


def within(schema: Schema, words: frozenset[str] = frozenset()) -> Schema:
    """The schema that is sent; besides odd patterns, the keywords `words` are told in words."""
    fitting: Schema = {}
    for keyword, value in schema.items():
        match keyword, value:
            case "properties" | "$defs", dict():
                fitting[keyword] = {name: within(part, words) for name, part in value.items()}
            case "anyOf", list():
                fitting[keyword] = [within(part, words) for part in value]
            case "items", dict():
                fitting[keyword] = within(value, words)
            case _:
                fitting[keyword] = value
    unfit = {*words, "pattern"} if _is_odd(schema) else words
    told = [_TOLD[keyword].format(fitting.pop(keyword)) for keyword in _TOLD if keyword in fitting and keyword in unfit]
    if told:
        said = ", ".join(told)
        fitting["description"] = f"{fitting['description']} ({said})" if "description" in fitting else said
    return fitting


def _is_odd(schema: Schema) -> bool:
    return bool(_ODD.search(schema.get("pattern", "")))


def _nodes(schema: Schema) -> Iterator[tuple[Schema, int]]:
    """Each schema in it, and how deep in objects and lists; a declared type is counted from its own root."""
    waiting = [(schema, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(part, 0) for part in node.get("$defs", {}).values()]
        waiting += [(part, depth) for part in node.get("anyOf", ())]
        waiting += [(part, depth + 1) for part in node.get("properties", {}).values()]
        if type(node.get("items")) is dict:
            waiting.append((node["items"], depth + 1))
