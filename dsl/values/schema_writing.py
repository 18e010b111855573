"""How each kind of type is written as JSON Schema."""

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
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate
from dsl.expressions.wire import to_wire
from dsl.values.structure import BASIC_TYPES, Types, is_optional, outcome, resolve
from dsl.values.validate import converting

Schema = dict[str, Any]

_DURATION = "^-?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"

_BASIC: dict[str, Schema] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "decimal": {"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"},
    "bool": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "pattern": _DURATION, "description": "a duration such as 1h30m"},
    "json": {},
    "file": {"type": "object", "format": "file", "description": '{"$file": "the path of a file"}'},
}
_BASIC_FOR_MODEL: dict[str, Schema] = _BASIC | {
    "decimal": {"type": "number"},
    "json": {"type": "string", "description": "a JSON text"},
}

_BOUNDS = {
    "string": ("minLength", "maxLength", "characters"),
    "array": ("minItems", "maxItems", "items"),
    "object": ("minProperties", "maxProperties", "entries"),
    "integer": ("minimum", "maximum", ""),
    "number": ("minimum", "maximum", ""),
}


def object_schema(properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


class SchemaWriting:
    """One schema under way, with the declared types that it has met."""

    def __init__(self, types: Types, for_model: bool) -> None:
        self.types = types
        self.for_model = for_model
        self.definitions: dict[str, Schema] = {}

    def type(self, type_: Type) -> Schema:
        return _WRITERS[type(type_)](self, type_)

    def named(self, type_: NamedType) -> Schema:
        if type_.name in BASIC_TYPES or type_.name not in self.types:
            return dict((_BASIC_FOR_MODEL if self.for_model else _BASIC).get(type_.name, {}))
        if type_.name not in self.definitions:
            self.definitions[type_.name] = {}
            self.definitions[type_.name] = self.type(self.types[type_.name])
        return {"$ref": f"#/$defs/{type_.name}"}

    def array(self, type_: ListType) -> Schema:
        schema: Schema = {"type": "array", "items": self.type(type_.item)}
        return schema if type_.at_most is None else schema | {"maxItems": type_.at_most}

    def conversation(self, type_: ConversationType) -> Schema:
        from dsl.values.spoken import MESSAGE  # most flows take no conversation

        schema: Schema = {"type": "array", "items": self.type(MESSAGE)}
        return schema if type_.at_most is None else schema | {"maxItems": type_.at_most}

    def generic(self, type_: GenericType) -> Schema:
        if type_.name == "Outcome":
            return self.type(outcome(type_.argument))
        value = self.type(type_.argument)
        if not self.for_model:
            return {"type": "object", "additionalProperties": value}
        entry = object_schema({"key": {"type": "string"}, "value": value}, ["key", "value"])
        return {"type": "array", "items": entry}

    def record(self, type_: RecordType) -> Schema:
        required = [field.name for field in type_.fields if self.for_model or not self.may_be_left_out(field)]
        return object_schema({field.name: self.field(field) for field in type_.fields}, required)

    def may_be_left_out(self, field: Field) -> bool:
        return field.default is not None or is_optional(field.type, self.types)

    def optional(self, type_: OptionalType) -> Schema:
        return _or_null(self.type(type_.item))

    def union(self, type_: UnionType) -> Schema:
        texts = [option.value for option in type_.options if type(option) is LiteralType]
        if len(texts) == len(type_.options):
            return {"type": "string", "enum": texts}
        return {"anyOf": [self.type(option) for option in type_.options]}

    def field(self, field: Field) -> Schema:
        schema = self.bounded(field)
        if field.doc is not None:
            told = f"{field.doc} ({schema['description']})" if "description" in schema else field.doc
            schema = _open(schema) | {"description": told}
        if field.default is not None and not self.for_model:
            schema = _open(schema) | {"default": to_wire(evaluate(field.default, {}, converting(CONSTANT, self.types)))}
        return schema

    def bounded(self, field: Field) -> Schema:
        """The type of a field within its bounds, which do not bind null."""
        if field.at_least is None and field.at_most is None and field.matches is None:
            return self.type(field.type)
        type_ = resolve(field.type, self.types)
        if type(type_) is OptionalType:
            return _or_null(self.within(self.type(resolve(type_.item, self.types)), field))
        return self.within(self.type(type_), field)

    def within(self, schema: Schema, field: Field) -> Schema:
        kinds = schema.get("type", "")
        lowest, highest, unit = _BOUNDS.get("number" if type(kinds) is list else kinds, ("", "", ""))
        if field.matches is not None:
            schema = schema | {"pattern": f"^(?:{field.matches})$"}
        if schema.get("format") == "file":
            bytes_ = _in_words(field, "bytes")
            return schema | ({"description": f"{schema['description']}, {bytes_['description']}"} if bytes_ else {})
        if self.for_model and unit == "characters":
            return schema | _in_words(field, unit)
        for keyword, bound in ((lowest, field.at_least), (highest, field.at_most)):
            if keyword and bound is not None:
                schema = schema | {keyword: int(bound) if bound == int(bound) else float(bound)}
        return schema


def _in_words(field: Field, unit: str) -> Schema:
    """Models are not held to the length of a text, so they are told."""
    bounds = (("at least", field.at_least), ("at most", field.at_most))
    words = " and ".join(f"{word} {bound:f}" for word, bound in bounds if bound is not None)
    return {"description": f"{words} {unit}"} if words else {}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _open(schema: Schema) -> Schema:
    """A schema that may get more keywords: nothing may stand beside `$ref` in what models accept."""
    return {"anyOf": [schema]} if "$ref" in schema else schema


_WRITERS: dict[type, Callable[[SchemaWriting, Any], Schema]] = {
    NamedType: SchemaWriting.named,
    LiteralType: lambda writing, type_: {"type": "string", "enum": [type_.value]},
    ListType: SchemaWriting.array,
    GenericType: SchemaWriting.generic,
    RecordType: SchemaWriting.record,
    OptionalType: SchemaWriting.optional,
    UnionType: SchemaWriting.union,
    ConversationType: SchemaWriting.conversation,
}
