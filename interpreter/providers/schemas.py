"""The JSON Schema of an answer as structured outputs demand it, and the answer back in the schema's own form.

Strict structured outputs know no optional fields and no maps, and the answer must be an object. So an optional field
is asked for as nullable and dropped again when it comes back null; what is not an object travels as `{"value": …}`;
and a schema with a map in it is sent without `strict`.
"""

from dataclasses import dataclass
from typing import Any

from interpreter.boundary.payloads import JSON

Schema = dict[str, Any]

_WRAPPED = "value"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is sent (`schema`, `strict`), and how an answer to it is read."""

    schema: Schema
    strict: bool
    wrapped: bool
    original: Schema

    def read(self, answer: JSON) -> JSON:
        """Raises `ValueError` when the answer has not even the outermost form that was asked for."""
        if not self.wrapped:
            return _restored(answer, self.original, self.original)
        if not isinstance(answer, dict) or _WRAPPED not in answer:
            raise ValueError(f"the answer is not an object with the field {_WRAPPED!r}")
        return _restored(answer[_WRAPPED], self.original, self.original)


def demand(original: Schema) -> Demand:
    strict = not _has_map(original)
    schema = _strict(original) if strict else original
    if original.get("type") == "object":
        return Demand(schema, strict, False, original)
    definitions = {name: schema[name] for name in ("$defs",) if name in schema}
    inner = {name: part for name, part in schema.items() if name not in ("$defs", "$schema")}
    outer = {"type": "object", "properties": {_WRAPPED: inner}, "required": [_WRAPPED], "additionalProperties": False}
    return Demand(outer | definitions, strict, True, original)


def target(schema: Schema, root: Schema) -> Schema:
    """`schema`, or what its `$ref` (`#/$defs/Name`) stands for."""
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _has_map(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(_has_map(item) for item in schema)
    if not isinstance(schema, dict):
        return False
    free = schema.get("type") == "object" and "properties" not in schema
    return (
        free
        or schema == {}
        or isinstance(schema.get("additionalProperties"), dict)
        or any(map(_has_map, schema.values()))
    )


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _strict(part) for name, part in schema.items() if name not in ("default", "$schema")}
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        required = inner.get("required", [])
        inner["properties"] = {
            name: part if name in required else _nullable(part) for name, part in inner["properties"].items()
        }
        inner["required"] = list(inner["properties"])
        inner["additionalProperties"] = False
    return inner


def _nullable(schema: Schema) -> Schema:
    return schema if _takes_null(schema) else {"anyOf": [schema, {"type": "null"}]}


def _takes_null(schema: Schema) -> bool:
    kind = schema.get("type")
    return (
        kind == "null" or (isinstance(kind, list) and "null" in kind) or any(map(_takes_null, schema.get("anyOf", ())))
    )


def _restored(answer: JSON, schema: Schema, root: Schema) -> JSON:
    schema = target(schema, root)
    if isinstance(answer, list) and isinstance(schema.get("items"), dict):
        return [_restored(item, schema["items"], root) for item in answer]
    if isinstance(answer, dict) and "properties" in schema:
        return _restored_record(answer, schema, root)
    for option in schema.get("anyOf", ()):
        if _could_be(answer, target(option, root)):
            return _restored(answer, option, root)
    return answer


def _restored_record(answer: dict[str, JSON], schema: Schema, root: Schema) -> JSON:
    properties, required = schema["properties"], schema.get("required", [])
    return {
        name: _restored(value, properties.get(name, {}), root)
        for name, value in answer.items()
        if value is not None or name in required or name not in properties or _takes_null(properties[name])
    }


def _could_be(answer: JSON, schema: Schema) -> bool:
    """Whether an option of a union fits as far as can be told from the outside: its type and its constant fields."""
    if isinstance(answer, list):
        return schema.get("type") == "array"
    if not isinstance(answer, dict) or schema.get("type") != "object":
        return False
    constants = {name: part["const"] for name, part in schema.get("properties", {}).items() if "const" in part}
    return all(answer.get(name) == value for name, value in constants.items())
