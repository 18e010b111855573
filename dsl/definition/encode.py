"""Nodes of the syntax tree as JSON, and back: driven by the fields of the classes, so a new class needs nothing here.

A node is an object whose `node` names its class; spans are left out. So is a field that has its default: when a field
with a default is added to a class, what was encoded before keeps its bytes, and with them its hash. A decimal is an
object with `$decimal`, a tuple a list.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from decimal import Decimal
from types import ModuleType
from typing import Any

from dsl.ast import budgets, declarations, events, expressions, joining, people, statements, types
from dsl.ast.node import Node

JSON = Any


class UnknownEncoding(ValueError):
    """Data that is no encoded node of this version."""


def encode(value: Any) -> JSON:
    """A node, or a tuple or dictionary of nodes, as JSON."""
    return _ENCODERS.get(type(value), _encode_node)(value)


def decode(text: bytes | str) -> Any:
    """What JSON text of `encode` stands for. The decoder of `json` builds the nodes, innermost first: no recursion."""
    return json.loads(text, object_hook=_decode_object)


def decode_data(data: JSON) -> Any:
    """The same for JSON that is parsed already."""
    kind = type(data)
    if kind is dict:
        return _decode_object({name: decode_data(item) for name, item in data.items()})
    return [decode_data(item) for item in data] if kind is list else data


def _encode_node(node: Node) -> JSON:
    data: dict[str, JSON] = {"node": type(node).__name__}
    for name, default in _FIELDS[type(node).__name__]:
        value = getattr(node, name)
        if not (type(value) is type(default) and value == default):
            data[name] = _ENCODERS.get(type(value), _encode_node)(value)
    return data


def _encode_tuple(items: tuple[Any, ...] | list[Any]) -> JSON:
    return [encode(item) for item in items]


def _encode_dictionary(items: dict[str, Any]) -> JSON:
    return {name: encode(item) for name, item in items.items()}


def _same(value: Any) -> JSON:
    return value


_ENCODERS: dict[type, Callable[[Any], JSON]] = {
    type(None): _same,
    bool: _same,
    int: _same,
    str: _same,
    Decimal: lambda value: {"$decimal": str(value)},
    tuple: _encode_tuple,
    list: _encode_tuple,
    dict: _encode_dictionary,
}


def _decode_object(data: dict[str, Any]) -> Any:
    name = data.get("node")
    if type(name) is not str:  # a dictionary by name, in which something may be called "node"
        return Decimal(data["$decimal"]) if "$decimal" in data else data
    del data["node"]
    for field, value in data.items():
        if type(value) is list:
            data[field] = tuple(value)
    try:
        return NODES[name](**data)
    except (KeyError, TypeError) as error:
        raise UnknownEncoding(f"this version does not know {name} with {', '.join(data) or 'no fields'}") from error


def _classes(*modules: ModuleType) -> Iterator[type[Node]]:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Node) and value.__module__ == module.__name__:
                yield value


NODES: dict[str, type[Node]] = {
    cls.__name__: cls
    for cls in _classes(expressions, types, joining, people, events, budgets, statements, declarations)
}
"""Every class of node by name."""

_FIELDS: dict[str, tuple[tuple[str, Any], ...]] = {
    name: tuple((part.name, part.default) for part in fields(cls) if part.name != "span") for name, cls in NODES.items()
}
"""Fields with their defaults; `MISSING` equals no value."""

assert all(part.default_factory is MISSING for cls in NODES.values() for part in fields(cls))
