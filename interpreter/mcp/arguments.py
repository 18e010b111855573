"""The arguments of a call as its server takes them.

A decimal is a number where the schema says so, else a text, which keeps all its digits. What is null is left out where
the schema knows no null: that is how servers say that something is not given.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from dsl.ast.served import PLACE
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from interpreter.mcp.schemas import JSON, alternatives, followed, kinds


def for_tool(arguments: Mapping[str, Value], schema: JSON) -> dict[str, JSON]:
    return _record(arguments, schema, schema)


def for_resource(uri: str, arguments: Mapping[str, Value]) -> str:
    """The URI with its places filled in, each value as one part of a path."""
    return PLACE.sub(lambda place: quote(_word(arguments[place[1]]), safe=""), uri)


def _word(value: Value) -> str:
    wire = to_wire(value)
    return wire if isinstance(wire, str) else str(wire).lower() if isinstance(wire, bool) else str(wire)


def _wire(value: Value, schema: JSON, whole: JSON) -> JSON:
    match value:
        case dict():
            return _record(value, schema, whole)
        case list():
            items: JSON = next((one["items"] for one in alternatives(schema, whole) if "items" in one), {})
            return [_wire(item, items, whole) for item in value]
        case Decimal():
            taken = kinds(schema, whole)
            as_number = taken is not None and "string" not in taken and bool({"number", "integer"} & taken)
            return _number(value) if as_number else to_wire(value)
        case _:
            return to_wire(value)


def _record(value: Mapping[str, Value], schema: JSON, whole: JSON) -> dict[str, JSON]:
    options = [one for one in alternatives(schema, whole) if isinstance(one.get("properties"), Mapping)]
    shape = options[0] if options else {}
    properties: Any = shape.get("properties", {})
    required = shape.get("required", [])
    made: dict[str, JSON] = {}
    for name, item in value.items():
        of = followed(properties.get(name, {}), whole)
        taken = kinds(of, whole)
        if item is None and name not in required and (name not in properties or (taken and "null" not in taken)):
            continue
        made[name] = _wire(item, of, whole)
    return made


def _number(value: Decimal) -> Any:
    whole: Any = int(value) if value == value.to_integral_value() else float(value)
    return whole
