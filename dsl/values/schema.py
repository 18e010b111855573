"""JSON Schema (2020-12) of a type: for people and tools, and in the stricter form that models are held to.

A model gets every field as required with `null` for what may be left out, no free objects, and an object at the root.
What has no such form is asked for in another one, which `unwrap` takes apart again: a root that is no record stands in
`value`, a map is a list of entries `key` and `value`, `json` is a text that holds JSON.
"""

from collections.abc import Callable
from json import dumps
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
from dsl.expressions.json_reading import parse
from dsl.values.schema_writing import Schema, SchemaWriting, object_schema
from dsl.values.structure import Types, has_tags, options, outcome, resolve


def json_schema(type_: Type, types: Types, *, for_model: bool) -> Schema:
    """The schema of `type_`; the declared types that it uses stand in `$defs`."""
    writing = SchemaWriting(types, for_model)
    schema = writing.type(resolve(type_, types))
    if for_model and not _is_object(type_, types):
        schema = object_schema({"value": schema}, ["value"])
    if writing.definitions:
        schema["$defs"] = {name: writing.definitions[name] for name in sorted(writing.definitions)}
    return schema


def record_schema(fields: tuple[Field, ...], types: Types) -> Schema:
    """The schema of the arguments of a call, or of the input of a flow."""
    return json_schema(RecordType(fields), types, for_model=False)


class Unwrappable(ValueError):
    """What is written in another form is not of that form: a text that holds no JSON, a map with a key twice."""


def unwrap(answer: Any, type_: Type, types: Types) -> Any:
    """A model's answer in the form of `for_model`, as plain JSON of the type; `validate` sees what does not fit.

    Raises `Unwrappable`.
    """
    if not _is_object(type_, types) and type(answer) is dict and answer.keys() == {"value"}:
        answer = answer["value"]
    return _plain(answer, type_, types)


def _is_object(type_: Type, types: Types) -> bool:
    return type(resolve(type_, types)) is RecordType


def _plain(value: Any, type_: Type, types: Types) -> Any:
    resolved = resolve(type_, types)
    return value if value is None else _PLAIN[type(resolved)](value, resolved, types)


def _same(value: Any, type_: Any, types: Types) -> Any:
    return value


def _named(value: Any, type_: NamedType, types: Types) -> Any:
    if type_.name != "json" or type(value) is not str:
        return value
    try:
        return parse(value)
    except (ValueError, RecursionError) as error:
        shown = value if len(value) <= 60 else f"{value[:59]}…"
        raise Unwrappable(f"a text that holds JSON was asked for, and {dumps(shown)} is none: {error}") from error


def _list(value: Any, type_: ListType, types: Types) -> Any:
    return [_plain(item, type_.item, types) for item in value] if type(value) is list else value


def _generic(value: Any, type_: GenericType, types: Types) -> Any:
    if type_.name == "Outcome":
        return _plain(value, outcome(type_.argument), types)
    if type(value) is list and all(type(entry) is dict and entry.keys() == {"key", "value"} for entry in value):
        entries = {str(entry["key"]): _plain(entry["value"], type_.argument, types) for entry in value}
        if len(entries) < len(value):
            keys = [str(entry["key"]) for entry in value]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Unwrappable(f"the key {dumps(twice[:60])} stands twice in a map")
        return entries
    return value


def _record(value: Any, type_: RecordType, types: Types) -> Any:
    if type(value) is not dict:
        return value
    known = {field.name: field.type for field in type_.fields}
    return {name: _plain(item, known[name], types) if name in known else item for name, item in value.items()}


def _union(value: Any, type_: UnionType, types: Types) -> Any:
    if type(value) is not dict:
        return value
    for option in options(type_, types):
        if type(option) is RecordType and has_tags(value, option, types):
            return _record(value, option, types)
    return value


_PLAIN: dict[type, Callable[[Any, Any, Types], Any]] = {
    NamedType: _named,
    LiteralType: _same,
    OptionalType: lambda value, type_, types: _plain(value, type_.item, types),
    ListType: _list,
    GenericType: _generic,
    RecordType: _record,
    UnionType: _union,
    ConversationType: _same,
}
