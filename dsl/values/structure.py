"""Types as written, made structural: names followed, unions flattened, `Outcome[T]` as the record that it is."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from dsl.ast.node import walk
from dsl.ast.types import Field, GenericType, LiteralType, NamedType, OptionalType, RecordType, Type, UnionType

Types: TypeAlias = Mapping[str, Type]
"""The declared types by name."""

BASIC_TYPES = frozenset({"text", "int", "number", "decimal", "bool", "time", "duration", "json", "file"})
GENERIC_TYPES = ("map", "Outcome")
"""Those that take a type in brackets."""

ERROR = RecordType(
    (
        Field("kind", NamedType("text")),
        Field("message", NamedType("text")),
        Field("step", NamedType("text")),
        Field("details", OptionalType(NamedType("json"))),
    )
)
"""What `on error e` binds, and what an outcome that is not ok holds."""


def resolve(type_: Type, types: Types) -> Type:
    """The type that a name stands for; a name that stands for none is returned as it is."""
    followed = 0
    while type(type_) is NamedType and type_.name in types and followed <= len(types):
        type_ = types[type_.name]
        followed += 1
    if type(type_) is GenericType and type_.name == "Outcome":
        return outcome(type_.argument)
    return type_


def outcome(value: Type) -> RecordType:
    """The record that `Outcome[value]` is."""
    return RecordType(
        (Field("ok", NamedType("bool")), Field("value", OptionalType(value)), Field("error", OptionalType(ERROR)))
    )


def holds(basic: str, type_: Type, types: Types) -> bool:
    """Whether something in a value of the type is of the basic type of this name."""
    seen: set[str] = set()
    pending: list[Type] = [type_]
    while pending:
        names = {node.name for node in walk(pending.pop()) if type(node) is NamedType}
        if basic in names:
            return True
        pending += [types[name] for name in sorted(names - seen) if name in types]
        seen |= names
    return False


def is_optional(type_: Type, types: Types) -> bool:
    """Whether null is a value of the type (of `json` too, which may still not be left out)."""
    resolved = resolve(type_, types)
    if type(resolved) is UnionType:
        return any(is_optional(option, types) for option in resolved.options)
    return type(resolved) is OptionalType


def options(union: UnionType, types: Types) -> Iterator[Type]:
    """The options of a union, resolved; unions and optionals inside are opened up."""
    for option in union.options:
        resolved = resolve(option, types)
        while type(resolved) is OptionalType:
            resolved = resolve(resolved.item, types)
        if type(resolved) is UnionType:
            yield from options(resolved, types)
        else:
            yield resolved


def tags(field: Field, types: Types) -> tuple[str, ...]:
    """The texts that a field can be, when that is all it can be; such fields tell the records of a union apart."""
    resolved = resolve(field.type, types)
    if type(resolved) is LiteralType:
        return (resolved.value,)
    if type(resolved) is UnionType:
        literals = list(options(resolved, types))
        if all(type(literal) is LiteralType for literal in literals):
            return tuple(literal.value for literal in literals if type(literal) is LiteralType)
    return ()


def has_tags(value: dict[Any, Any], record: RecordType, types: Types) -> bool:
    """Whether each field that tells records apart has one of its texts in `value`."""
    tagged = ((field.name, tags(field, types)) for field in record.fields)
    return all(not texts or value.get(name) in texts for name, texts in tagged)
