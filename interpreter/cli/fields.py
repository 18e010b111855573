"""The fields of an answer as somebody types them: what each is asked for, and what was typed as a value."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.judging import misfit
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import answer_fields
from interpreter.cli.reading import parse_json, travelling

_WORDS = {"string": "text", "boolean": "yes or no", "integer": "whole number", "array": "list", "object": "JSON"}
_PLAIN = frozenset({"string", "boolean", "integer", "number"})


@dataclass(frozen=True)
class Field:
    """One field. `schema` is looked up; `named` are the types that it may use."""

    name: str
    schema: dict[str, Any]
    optional: bool
    named: dict[str, JSON]

    @property
    def has_default(self) -> bool:
        return "default" in self.schema

    @property
    def prompt(self) -> str:
        """`amount (whole number, 1 to 100) [5]: `; what stands in brackets is taken by Enter."""
        known = [_what(self.schema, self.named), _bounds(self.schema)]
        known += ["may be empty"] if self.optional and not self.has_default else []
        default = f" [{inert(_as_typed(self.schema['default']))}]" if self.has_default else ""
        return f"{inert(self.name)} ({', '.join(filter(None, known))}){default}: "

    def read(self, typed: str) -> dict[str, JSON]:
        """What the answer holds of it: nothing where its default is taken. `Misuse` says what was expected."""
        if not typed and self.has_default:
            return {}
        return {self.name: read_field(typed, self.schema, self.named, optional=self.optional)}


def fields_of(question: QuestionView) -> list[Field]:
    """In the order in which they are declared."""
    schema = question.answer_schema if isinstance(question.answer_schema, dict) else {}
    named = schema.get("$defs", {})
    found = []
    for name, field in answer_fields(schema).items():
        inner, optional = _without_null(field)
        found.append(Field(name, inner, optional, named))
    return found


def text_fields(schema: JSON) -> dict[str, bool]:
    """Which fields of a record are texts, and whether each may be null: of them, what is typed is the value."""
    fields = {name: _without_null(field) for name, field in answer_fields(schema).items()}
    return {
        name: may_be for name, (field, may_be) in fields.items() if "enum" in field or field.get("type") == "string"
    }


def read_field(typed: str, schema: Any, named: dict[str, JSON] | None = None, *, optional: bool = False) -> JSON:
    """What was typed, as a value of the field's JSON Schema; `Misuse` says what was expected. `optional`: nothing may
    be typed too, also where the schema does not say so.
    """
    schema, may_be_null = _without_null(schema)
    if not typed and (optional or may_be_null):
        return None
    value = _read(typed, schema)
    problem = misfit(value, schema, named or {})
    if problem is not None:
        raise Misuse(problem)
    return value


def _read(typed: str, schema: dict[str, Any]) -> JSON:
    if "enum" in schema:
        return typed
    match schema.get("type"):
        case "string":
            return typed
        case "boolean":
            return _boolean(typed)
        case "integer":
            return _integer(typed)
        case "number":
            return travelling(_number(typed))
        case ["string", "number"]:  # a decimal: its digits travel as text
            return str(_number(typed))
        case "array" if _items_between_commas(typed, schema):
            return [_read(item.strip(), schema["items"]) for item in typed.split(",")] if typed else []
        case _:
            return travelling(parse_json(typed, "this"))


def _items_between_commas(typed: str, schema: dict[str, Any]) -> bool:
    """A list of plain items need not be typed as JSON."""
    items = schema.get("items")
    return isinstance(items, dict) and items.get("type") in _PLAIN and not typed.startswith("[")


def _integer(typed: str) -> int:
    try:
        return int(typed)
    except ValueError as error:
        raise Misuse("a whole number is needed") from error


def _number(typed: str) -> Decimal:
    try:
        number = Decimal(typed)
    except InvalidOperation as error:
        raise Misuse("a number is needed") from error
    if not number.is_finite():
        raise Misuse("a number is needed")
    return number


def _boolean(typed: str) -> bool:
    words = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
    if typed.lower() not in words:
        raise Misuse("yes or no")
    return words[typed.lower()]


def _without_null(schema: Any) -> tuple[dict[str, Any], bool]:
    """The schema of a value that is there, and whether it may be left out."""
    if not isinstance(schema, dict):
        return {}, False
    kinds = schema.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        others = [kind for kind in kinds if kind != "null"]
        return {**schema, "type": others[0] if len(others) == 1 else others}, True
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if "anyOf" in schema and len(options) < len(schema["anyOf"]):
        beside = {"default": schema["default"]} if "default" in schema else {}
        inner = options[0] if len(options) == 1 else {"anyOf": options}
        return {**inner, **beside}, True
    return schema, False


def _what(schema: dict[str, Any], named: dict[str, JSON]) -> str:
    if "enum" in schema:
        return inert(" | ".join(map(str, schema["enum"])))
    if schema.get("description"):
        return inert(str(schema["description"]))
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        plain = isinstance(items, dict) and items.get("type") in _PLAIN
        inner = _what(items, named) if plain and isinstance(items, dict) else ""
        return f"list of {inner}, commas between" if plain else "list as JSON"
    if schema.get("format") == "date-time":
        return "time"
    return "number" if isinstance(kind, list) else _WORDS.get(str(kind), str(kind or "JSON"))


def _bounds(schema: dict[str, Any]) -> str:
    least, most, items = schema.get("minimum"), schema.get("maximum"), schema.get("maxItems")
    if least is not None and most is not None:
        return f"{least} to {most}"
    if least is not None:
        return f"at least {least}"
    most = most if most is not None else items
    return f"at most {most}" if most is not None else ""


def _as_typed(value: JSON) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
