"""Arguments as a server takes them."""

from decimal import Decimal
from typing import Any

import pytest

from interpreter.mcp.arguments import for_resource, for_tool


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("value", "of", "sent"),
    [
        (Decimal("1.50"), {"type": "number"}, 1.5),
        (Decimal(2), {"type": "integer"}, 2),
        (Decimal("1.50"), {"type": "string"}, "1.50"),
        (Decimal("1.50"), {"type": ["string", "number"]}, "1.50"),
        (Decimal("1.50"), {}, "1.50"),
        ([Decimal("1.5")], {"type": "array", "items": {"type": "number"}}, [1.5]),
        (None, {"type": ["string", "null"]}, None),
        (None, {"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ({"b": None, "c": 1}, {"$ref": "#/$defs/T"}, {"c": 1}),
    ],
)
def test_a_value_goes_out_as_the_schema_takes_it(value: Any, of: Any, sent: Any) -> None:
    whole = schema(a=of) | {"$defs": {"T": schema(b={"type": "string"}, c={"type": "integer"})}}
    assert for_tool({"a": value}, whole) == {"a": sent}


@pytest.mark.parametrize("of", [{"type": "string"}, {"enum": ["x"]}])
def test_what_is_null_is_left_out_where_no_null_is_taken(of: Any) -> None:
    assert for_tool({"a": None}, schema(a=of)) == {}


def test_what_is_demanded_is_sent_as_it_is() -> None:
    """The schema then says what is wrong with it."""
    assert for_tool({"a": None}, schema(a={"type": "string"}) | {"required": ["a"]}) == {"a": None}


def test_a_value_is_one_part_of_a_uri() -> None:
    arguments = {"id": 5, "name": "a/../b?c#d", "on": True}
    assert for_resource("x://{id}/{name}/{on}", arguments) == "x://5/a%2F..%2Fb%3Fc%23d/true"
