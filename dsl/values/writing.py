"""Types as text, as an author writes them."""

from collections.abc import Callable
from typing import Any

from dsl.ast.types import (
    ConversationType,
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
from dsl.expressions.wire import json_text


def type_text(type_: Type) -> str:
    """`[text at most 12]`, `"refund" | "bug"`, `{ id: text }`; bounds of fields are left out."""
    return _TEXTS[type(type_)](type_)


def fields_text(fields: tuple[Field, ...]) -> str:
    """`id: text, amount: decimal`."""
    return ", ".join(f"{field.name}: {type_text(field.type)}" for field in fields)


def _list(type_: ListType) -> str:
    bound = "" if type_.at_most is None else f" at most {type_.at_most}"
    return f"[{type_text(type_.item)}{bound}]"


def _optional(type_: OptionalType) -> str:
    item = type_text(type_.item)
    return f"({item})?" if type(type_.item) is UnionType else f"{item}?"


def _conversation(type_: ConversationType) -> str:
    return "conversation" if type_.at_most is None else f"conversation at most {type_.at_most} messages"


_TEXTS: dict[type, Callable[[Any], str]] = {
    NamedType: lambda type_: str(type_.name),
    LiteralType: lambda type_: json_text(type_.value),
    RecordType: lambda type_: f"{{ {fields_text(type_.fields)} }}" if type_.fields else "{}",
    ListType: _list,
    GenericType: lambda type_: f"{type_.name}[{type_text(type_.argument)}]",
    OptionalType: _optional,
    UnionType: lambda type_: " | ".join(map(type_text, type_.options)),
    ConversationType: _conversation,
}
