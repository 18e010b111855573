"""A value of a type, as a tool or a model may answer: any one that fits."""

from collections.abc import Mapping
from typing import Any

from dsl.ast.types import (
    Field,
    GenericType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.expressions.values import File

_BASIC: dict[str, Any] = {
    "text": "a",
    "int": 1,
    "number": 1,
    "decimal": "1",
    "bool": True,
    "time": "2027-01-15T08:00:00Z",
    "duration": "1s",
    "json": {},
    "file": File("0" * 64, 1, "a.txt", "text/plain"),
}


def sample(type_: Type | None, types: Mapping[str, Type]) -> Any:
    """Plain JSON of that type, and files as they are; a tool that returns nothing answers null."""
    match type_:
        case None:
            return None
        case NamedType(name=name):
            return _BASIC[name] if name in _BASIC else sample(types[name], types)
        case LiteralType(value=value):
            return value
        case RecordType(fields=fields):
            return {field.name: _field(field, types) for field in fields if field.default is None}
        case ListType(item=item):
            return [sample(item, types)]
        case OptionalType(item=item):
            return sample(item, types)
        case UnionType(options=options):
            return sample(options[0], types)
        case GenericType():
            return {}


def _field(field: Field, types: Mapping[str, Type]) -> Any:
    bound = field.at_least if field.at_least is not None else field.at_most
    value = sample(field.type, types)
    return int(bound) if bound is not None and type(value) is int else value
