"""Whether a declaration fits what a server says of its tool: types on one side, JSON Schemas on the other.

Only what can be known is said: bounds, patterns and formats are held against the values, and what a schema leaves open
fits everything.
"""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from dsl.ast.declarations import ToolDeclaration
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
from dsl.values.structure import Types, resolve
from dsl.values.writing import type_text
from interpreter.mcp.pins import Pin
from interpreter.mcp.schemas import JSON, alternatives, followed, kinds

_SENT: dict[str, frozenset[str]] = {
    "text": frozenset({"string"}),
    "time": frozenset({"string"}),
    "duration": frozenset({"string"}),
    "decimal": frozenset({"string", "number"}),
    "int": frozenset({"integer"}),
    "number": frozenset({"number"}),
    "bool": frozenset({"boolean"}),
}
"""As what JSON type a value may go out; of several one is enough."""
_MOST_DEPTH = 12


def misfits(tool: ToolDeclaration, types: Types, pin: Pin, key: str | None = None) -> list[str]:
    """Each reason why the declaration does not fit what was pinned; none where it does. `key` is the parameter that the
    run adds.
    """
    if pin.kind != "tool":
        return []
    fitting = _Fitting(types, pin.input_schema)
    found = list(fitting.record(tool.parameters, pin.input_schema, {key} if key else set(), "parameter"))
    if pin.output_schema is not None and tool.returns is not None and not _is_text(tool.returns, types):
        reason = _Fitting(types, pin.output_schema).result(pin.output_schema, tool.returns)
        found += [f"the result: {reason}"] if reason is not None else []
    return found


def _is_json(type_: Type) -> bool:
    return isinstance(type_, NamedType) and type_.name == "json"


def _is_text(type_: Type, types: Types) -> bool:
    found = resolve(type_, types)
    return isinstance(found, NamedType) and found.name == "text"


class _Fitting:
    def __init__(self, types: Types, whole: JSON) -> None:
        self.types = types
        self.whole = whole

    # -- what goes out

    def argument(self, type_: Type, schema: JSON, depth: int = 0) -> str | None:
        """Why a value of the type is none for the schema."""
        found, taken = resolve(type_, self.types), kinds(schema, self.whole)
        if isinstance(found, OptionalType):  # a null is left out where it cannot go
            return self.argument(found.item, schema, depth)
        if taken is None or depth > _MOST_DEPTH or _is_json(found):
            return None
        if isinstance(found, UnionType):
            return next((why for one in found.options if (why := self.argument(one, schema, depth)) is not None), None)
        if not self._sent(found) & _wider(taken):
            return f"{type_text(type_)} is not {_words(taken)}"
        return self._parts(found, schema, depth)

    def _parts(self, found: Type, schema: JSON, depth: int) -> str | None:
        options = list(alternatives(schema, self.whole))
        if len(options) != 1:
            return None
        match found:
            case LiteralType(value=value):
                allowed = options[0].get("enum")
                refused = isinstance(allowed, list) and value not in allowed
                return f'"{value}" is none of {", ".join(map(str, allowed or []))}' if refused else None
            case ListType():
                return self.argument(found.item, options[0].get("items", {}), depth + 1)
            case RecordType():
                return next(self.record(found.fields, options[0], set(), "field", depth + 1), None)
            case _:
                return None

    def record(
        self, fields: tuple[Field, ...], schema: JSON, more: set[str], what: str, depth: int = 0
    ) -> Iterator[str]:
        shape = followed(schema, self.whole)
        properties: Any = shape.get("properties", {})
        for field in fields:
            if field.name in properties:
                reason = self.argument(field.type, properties[field.name], depth)
                if reason is not None:
                    yield f"{what} `{field.name}`: {reason}"
            elif shape.get("additionalProperties") is False or (properties and what == "parameter"):
                yield f"the server knows no {what} `{field.name}`"
        given = {field.name: field for field in fields}
        for name in shape.get("required", []):
            if name not in given and name not in more:
                yield f"the server demands `{name}`, which is not declared"
            elif name in given and isinstance(resolve(given[name].type, self.types), OptionalType):
                taken = kinds(properties.get(name, {}), self.whole)
                if taken is not None and "null" not in taken:
                    yield f"the server demands `{name}`, which may be null here"

    def _sent(self, type_: Type) -> frozenset[str]:
        match type_:
            case NamedType(name=name):
                return _SENT.get(name, frozenset({"string"}))
            case LiteralType():
                return frozenset({"string"})
            case ListType() | ConversationType():
                return frozenset({"array"})
            case RecordType() | GenericType():
                return frozenset({"object"})
            case OptionalType(item=item):
                return self._sent(resolve(item, self.types))
            case UnionType(options=options):
                return frozenset().union(*(self._sent(resolve(option, self.types)) for option in options))
            case _:
                assert_never(type_)

    # -- what comes back

    def result(self, schema: JSON, type_: Type, depth: int = 0) -> str | None:
        """Why a value by the schema may be none of the type."""
        given = kinds(schema, self.whole)
        wanted = self._received(type_)
        if given is None or wanted is None or depth > _MOST_DEPTH:
            return None
        if not given <= wanted:
            return f"{_words(given)} is not {type_text(type_)}"
        found = resolve(type_, self.types)
        found = resolve(found.item, self.types) if isinstance(found, OptionalType) else found
        options = [one for one in alternatives(schema, self.whole) if one.get("type") != "null"]
        return self._inside(options[0], found, depth + 1) if len(options) == 1 else None

    def _inside(self, schema: Mapping[str, JSON], found: Type, depth: int) -> str | None:
        match found:
            case ListType():
                return self.result(schema.get("items", {}), found.item, depth)
            case GenericType():
                more = schema.get("additionalProperties")
                return self.result(more, found.argument, depth) if isinstance(more, Mapping) else None
            case RecordType():
                return next(self._fields(schema, found, depth), None)
            case _:
                return None

    def _fields(self, schema: Mapping[str, JSON], found: RecordType, depth: int) -> Iterator[str]:
        properties: Any = schema.get("properties", {})
        for field in found.fields:
            may_lack = field.default is not None or isinstance(resolve(field.type, self.types), OptionalType)
            if field.name not in properties:
                if properties and not may_lack:
                    yield f"it has no field `{field.name}`, but {', '.join(properties)}"
                continue
            if field.name not in schema.get("required", []) and not may_lack:
                yield f"`{field.name}` may be left out: declare it with `?`"
            reason = self.result(properties[field.name], field.type, depth)
            if reason is not None:
                yield f"field `{field.name}`: {reason}"

    def _received(self, type_: Type) -> frozenset[str] | None:
        found = resolve(type_, self.types)
        if isinstance(found, OptionalType):
            inner = self._received(found.item)
            return None if inner is None else inner | {"null"}
        if _is_json(found):
            return None
        sent = self._sent(found)
        return sent | {"integer"} if "number" in sent else sent


def _wider(taken: frozenset[str]) -> frozenset[str]:
    return taken | {"integer"} if "number" in taken else taken


def _words(taken: frozenset[str]) -> str:
    return " or ".join(sorted(taken))
