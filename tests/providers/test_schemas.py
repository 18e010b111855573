"""What structured outputs demand of a schema, and that answers come back in the schema's own form."""

from typing import Any

import pytest

from interpreter.providers.schemas import demand

NOTE = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "page": {"type": "integer"}, "by": {"type": ["string", "null"]}},
    "required": ["text"],
}


def test_every_field_is_required_and_optional_ones_may_be_null() -> None:
    sent = demand(NOTE).schema
    assert sent["required"] == ["text", "page", "by"]
    assert sent["additionalProperties"] is False
    assert sent["properties"]["page"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert sent["properties"]["by"] == {"type": ["string", "null"]}


READINGS: list[tuple[dict[str, Any], Any, Any]] = [
    (NOTE, {"text": "a", "page": None, "by": None}, {"text": "a", "by": None}),
    ({"type": "array", "items": NOTE}, {"value": [{"text": "a", "page": None}]}, [{"text": "a"}]),
    ({"type": "string"}, {"value": "a"}, "a"),
    (
        {"$defs": {"Note": NOTE}, "anyOf": [{"$ref": "#/$defs/Note"}, {"type": "null"}]},
        {"value": {"text": "a", "page": None}},
        {"text": "a"},
    ),
    (
        {"type": "object", "properties": {"notes": {"type": "array", "items": NOTE}}, "required": ["notes"]},
        {"notes": [{"text": "a", "page": None}, {"text": "b", "page": 2}]},
        {"notes": [{"text": "a"}, {"text": "b", "page": 2}]},
    ),
]


@pytest.mark.parametrize(("schema", "answer", "expected"), READINGS, ids=[str(n) for n in range(len(READINGS))])
def test_an_answer_is_read_back(schema: dict[str, Any], answer: Any, expected: Any) -> None:
    assert demand(schema).read(answer) == expected


def test_what_is_not_an_object_is_wrapped_with_its_definitions_outside() -> None:
    sent = demand({"$defs": {"Note": NOTE}, "type": "array", "items": {"$ref": "#/$defs/Note"}}).schema
    assert sent["type"] == "object"
    assert sent["properties"]["value"]["items"] == {"$ref": "#/$defs/Note"}
    assert sent["$defs"]["Note"]["required"] == ["text", "page", "by"]
    with pytest.raises(ValueError, match="value"):
        demand({"type": "string"}).read("a")


def test_a_map_is_sent_without_strict() -> None:
    schema = {
        "type": "object",
        "properties": {"counts": {"type": "object", "additionalProperties": {"type": "integer"}}},
    }
    assert not demand(schema).strict
    assert demand(schema).schema == schema
    assert demand(NOTE).strict
