"""Whether what somebody typed fits the field that it is for, judged at once; the run judges it again."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dsl.values.patterns import matches
from interpreter.boundary.payloads import JSON

MOMENT = "a moment is needed, such as 2026-11-26T14:00:00Z"


def misfit(value: JSON, schema: JSON, named: dict[str, JSON]) -> str | None:
    """Why `value` does not fit the JSON Schema, in a few words; None when it does, as far as can be told here."""
    if not isinstance(schema, dict):
        return None
    if "$ref" in schema:
        return misfit(value, named.get(str(schema["$ref"]).rsplit("/", 1)[-1]), named)
    if "anyOf" in schema:
        problems = [misfit(value, option, named) for option in schema["anyOf"]]
        return None if None in problems else problems[0]
    if "enum" in schema and value not in schema["enum"]:
        return f"one of: {', '.join(map(str, schema['enum']))}"
    match schema.get("type"), value:
        case "null", _:
            return None if value is None else "nothing fits here but null"
        case "object", dict():
            return _of_a_record(value, schema, named)
        case "array", list():
            return _of_a_list(value, schema, named)
        case "object" | "array" as wanted, _:
            return f"a JSON {'object' if wanted == 'object' else 'list'} is needed"
        case _:
            return _of_a_text(value, schema) or _of_a_number(value, schema)


def _of_a_record(value: dict[str, JSON], schema: dict[str, Any], named: dict[str, JSON]) -> str | None:
    fields = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            return f"{name} is missing"
    for name, part in value.items():
        rest = schema.get("additionalProperties")
        if name not in fields and rest is False:
            return f"there is no field {name}"
        problem = misfit(part, fields.get(name, rest), named)
        if problem is not None:
            return f"{name}: {problem}"
    return None


def _of_a_list(value: list[JSON], schema: dict[str, Any], named: dict[str, JSON]) -> str | None:
    most = schema.get("maxItems")
    if most is not None and len(value) > most:
        return f"at most {most} items are allowed, not {len(value)}"
    for place, item in enumerate(value):
        problem = misfit(item, schema.get("items"), named)
        if problem is not None:
            return f"item {place + 1}: {problem}"
    return None


def _of_a_text(value: JSON, schema: dict[str, Any]) -> str | None:
    if schema.get("type") != "string":
        return None
    if not isinstance(value, str):
        return "a text is needed"
    if schema.get("format") == "date-time" and not _is_moment(value):
        return MOMENT
    pattern = schema.get("pattern")
    if pattern is None or matches(pattern, value):
        return None
    return str(schema.get("description") or f"it must match {pattern.removeprefix('^(?:').removesuffix(')$')}")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _of_a_number(value: JSON, schema: dict[str, Any]) -> str | None:
    if schema.get("type") == "boolean" or ("minimum" not in schema and "maximum" not in schema):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return "a number is needed"
    if "minimum" in schema and number < Decimal(str(schema["minimum"])):
        return f"at least {schema['minimum']} is required, not {value}"
    if "maximum" in schema and number > Decimal(str(schema["maximum"])):
        return f"at most {schema['maximum']} is allowed, not {value}"
    return None
