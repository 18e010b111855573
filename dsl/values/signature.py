"""What a worker must agree on with a definition about a tool: the structure of its parameters and its result, and, of
one that an MCP server carries out, which server, and what it is asked.

Names of types, order of fields, bounds and defaults do not count: a Python function says none of them. The digest is
compared on each call; the readable form is what a message shows of both sides.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from dsl.ast.declarations import Served
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
from dsl.dataclass import dataclass
from dsl.expressions.wire import json_text
from dsl.values.structure import BASIC_TYPES, Types, outcome


@dataclass(frozen=True, slots=True)
class Signature:
    """`readable` is like `amount: decimal, customer: text -> {ref: text}`; two with one digest are interchangeable."""

    readable: str
    digest: str


def with_key(parameters: tuple[Field, ...], key: str | None) -> tuple[Field, ...]:
    """What a worker's tool is called with: the declared parameters, and the one that takes the idempotency key."""
    if key is None or any(field.name == key for field in parameters):
        return parameters
    return (*parameters, Field(key, NamedType("text")))


def signature(
    parameters: tuple[Field, ...], returns: Type | None, types: Types, carrier: str | None = None
) -> Signature:
    """The signature of a tool that is called with `parameters`; without a result it gives `null`. `carrier` is what is
    said of the server that carries it out."""
    readable = _text(parameters, returns, _Writing(types, canonical=False))
    canonical = _text(parameters, returns, _Writing(types, canonical=True))
    if carrier is not None:
        readable, canonical = (f"{text}{BY_SERVER}{carrier}" for text in (readable, canonical))
    return Signature(readable, hashlib.sha256(canonical.encode()).hexdigest()[:16])


BY_SERVER = "\n"
"""Between the types and what is said of the server, in the readable form: no text within a type has a line break."""


def served_text(served: Served) -> str:
    """`from mcp "npx acme" tool "search"`, and all else that must be the same on both sides."""
    asked = ("tool", served.tool) if served.resource is None else ("resource", served.resource)
    words = ["from mcp", json_text(served.address), asked[0], json_text(asked[1] or "")]
    if served.auth:
        words += ["auth", ", ".join(map(json_text, served.auth))]
    told = [f"{one.kind} when {json_text(one.pattern)}" for one in served.told]
    if told or served.otherwise:
        words += ["errors", ", ".join(filter(None, [*told, served.otherwise]))]
    return " ".join(words)


def _text(parameters: tuple[Field, ...], returns: Type | None, writing: "_Writing") -> str:
    result = "null" if returns is None else writing.type(returns)
    return f"{writing.fields(parameters)} -> {result}".lstrip()


class _Writing:
    """Writes types by structure. A type inside itself is written as how many declared types to go up, `^1`."""

    def __init__(self, types: Types, canonical: bool) -> None:
        self.types = types
        self.canonical = canonical
        self.around: list[str] = []

    def type(self, type_: Type) -> str:
        return _WRITERS[type(type_)](self, type_)

    def fields(self, fields: tuple[Field, ...]) -> str:
        return ", ".join(self.arranged(f"{field.name}: {self.type(field.type)}" for field in fields))

    def arranged(self, parts: Any) -> list[str]:
        return sorted(parts) if self.canonical else list(parts)

    def named(self, type_: NamedType) -> str:
        if type_.name in BASIC_TYPES or type_.name not in self.types:
            return type_.name
        if type_.name in self.around:
            return f"^{len(self.around) - self.around.index(type_.name)}"
        self.around.append(type_.name)
        text = self.type(self.types[type_.name])
        self.around.pop()
        return text

    def generic(self, type_: GenericType) -> str:
        if type_.name == "Outcome":
            return self.type(outcome(type_.argument))
        return f"{type_.name}[{self.type(type_.argument)}]"

    def optional(self, type_: OptionalType) -> str:
        item = self.type(type_.item)
        return f"({item})?" if " | " in item else f"{item}?"

    def union(self, type_: UnionType) -> str:
        return " | ".join(self.arranged(self.type(option) for option in type_.options))


_WRITERS: dict[type, Callable[[_Writing, Any], str]] = {
    NamedType: _Writing.named,
    GenericType: _Writing.generic,
    UnionType: _Writing.union,
    LiteralType: lambda writing, type_: json_text(type_.value),
    RecordType: lambda writing, type_: f"{{{writing.fields(type_.fields)}}}",
    ListType: lambda writing, type_: f"[{writing.type(type_.item)}]",
    ConversationType: lambda writing, type_: "conversation",
    OptionalType: _Writing.optional,
}
