"""JSON Schema of types: what validates is what the schema accepts, and models get the strict form."""

import json
import random
import re
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from dsl.ast.types import GenericType, ListType, NamedType, OptionalType, RecordType, Type, UnionType
from dsl.expressions.wire import to_wire
from dsl.values.schema import Unwrappable, json_schema, record_schema, unwrap
from dsl.values.structure import has_tags
from dsl.values.validate import validate
from tests.values.chance import some_type, value_of
from tests.values.reading import tool, type_, types

TYPES = types("""
type Triage {
  ## What the customer wants.
  kind: "refund" | "bug"
  amount: decimal at least 0 at most 99.5
  ## Why.
  why: text at most 80
  code: text matches "[a-z]+" = "x"
  note: text? at most 5
  ## The one before.
  parent: Case?
  cases: [Case] at least 1
}
type Case { id: text, scores: map[int], raw: json, rest: [Case] at most 3 }
""")


def accepts(schema: dict[str, Any], value: Any) -> bool:
    jsonschema.Draft202012Validator.check_schema(schema)
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def test_every_value_fits_the_schema_of_its_type() -> None:
    chance = random.Random(21)
    for _ in range(500):
        found = some_type(chance)
        value = json.loads(json.dumps(to_wire(value_of(found, chance))))
        assert accepts(json_schema(found, {}, for_model=False), value)


def test_every_answer_of_a_model_is_taken_apart_again() -> None:
    chance = random.Random(22)
    for _ in range(500):
        found = some_type(chance)
        value = value_of(found, chance)
        schema = json_schema(found, {}, for_model=True)
        answer = as_answer(value, found)
        answer = answer if type(found) is RecordType else {"value": answer}
        plain = json.loads(json.dumps(answer, default=float))
        assert accepts(schema, plain)
        assert schema["type"] == "object"
        assert validate(unwrap(answer, found, {}), found, {}).value == value


def as_answer(value: Any, found: Type) -> Any:
    """`value` as a model that keeps to its schema says it."""
    match found:
        case OptionalType(item=item):
            return None if value is None else as_answer(value, item)
        case ListType(item=item):
            return [as_answer(part, item) for part in value]
        case RecordType(fields=fields):
            return {field.name: as_answer(value[field.name], field.type) for field in fields}
        case GenericType(argument=argument):
            return [{"key": key, "value": as_answer(part, argument)} for key, part in value.items()]
        case UnionType(options=options) if type(value) is dict:
            return next(
                as_answer(value, each) for each in options if type(each) is RecordType and has_tags(value, each, {})
            )
        case NamedType(name="decimal"):
            return value
        case _:
            return to_wire(value)


def test_for_a_model() -> None:
    schema = json_schema(NamedType("Triage"), TYPES, for_model=True)
    assert schema["required"] == ["kind", "amount", "why", "code", "note", "parent", "cases"]
    properties = schema["properties"]
    assert properties["kind"] == {
        "type": "string",
        "enum": ["refund", "bug"],
        "description": "What the customer wants.",
    }
    assert properties["amount"] == {"type": "number", "minimum": 0, "maximum": 99.5}
    assert properties["why"] == {"type": "string", "description": "Why. (at most 80 characters)"}
    assert properties["code"] == {"type": "string", "pattern": "^(?:[a-z]+)$"}
    assert properties["note"] == {
        "anyOf": [{"type": "string", "description": "at most 5 characters"}, {"type": "null"}]
    }
    assert properties["parent"] == {
        "anyOf": [{"$ref": "#/$defs/Case"}, {"type": "null"}],
        "description": "The one before.",
    }
    assert properties["cases"] == {"type": "array", "items": {"$ref": "#/$defs/Case"}, "minItems": 1}
    assert list(schema["$defs"]) == ["Case"]


def test_strict_output_has_no_open_object_and_nothing_beside_a_reference() -> None:
    def look(schema: Any) -> None:
        if isinstance(schema, list):
            for part in schema:
                look(part)
        elif isinstance(schema, dict):
            if schema.get("type") == "object":
                assert schema["additionalProperties"] is False
                assert schema["required"] == list(schema["properties"])
            assert "$ref" not in schema or set(schema) == {"$ref"}
            assert not {"default", "allOf", "oneOf", "minLength", "maxLength"} & set(schema)
            for part in schema.values():
                look(part)

    look(json_schema(NamedType("Triage"), TYPES, for_model=True))


def test_for_people_and_tools() -> None:
    schema = json_schema(NamedType("Triage"), TYPES, for_model=False)
    assert schema["required"] == ["kind", "amount", "why", "cases"]
    assert schema["properties"]["why"] == {"type": "string", "maxLength": 80, "description": "Why."}
    assert schema["properties"]["code"]["default"] == "x"
    assert schema["$defs"]["Case"]["properties"]["raw"] == {}
    assert schema["$defs"]["Case"]["properties"]["scores"] == {
        "type": "object",
        "additionalProperties": {"type": "integer"},
    }


@pytest.mark.parametrize(
    ("text", "answer", "plain"),
    [
        (
            "Case",
            {"id": "a", "scores": [{"key": "k", "value": 1}], "raw": '{"x": 1}', "rest": []},
            {"id": "a", "scores": {"k": 1}, "raw": {"x": 1}, "rest": []},
        ),
        ("[int]", {"value": [1]}, [1]),
        ("text?", {"value": None}, None),
        ("map[json]", {"value": [{"key": "a", "value": "[1]"}]}, {"a": [1]}),
        ("json", {"value": '{"a": [1]}'}, {"a": [1]}),
        ("json", {"value": [1]}, [1]),
        ("Case", {"id": 1, "unknown": [], "scores": "x"}, {"id": 1, "unknown": [], "scores": "x"}),
        ("[int]", "nonsense", "nonsense"),
        ("Case", "nonsense", "nonsense"),
        ("map[int]", {"value": [1, "a", None]}, [1, "a", None]),
        ("map[int]", {"value": ""}, ""),
        ("map[int]", {"value": [{"key": "a", "value": 1}, {"key": "b"}]}, [{"key": "a", "value": 1}, {"key": "b"}]),
        ("Case?", {"value": {"id": "a", "scores": []}}, {"id": "a", "scores": {}}),
    ],
)
def test_unwrap(text: str, answer: Any, plain: Any) -> None:
    assert unwrap(answer, type_(text), TYPES) == plain


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("json", {"value": '{"a": [1'}, "a text that holds JSON was asked for"),
        ("json", {"value": '{"a": 1, "a": 2}'}, 'the key "a" stands twice in one object'),
        (
            "map[int]",
            {"value": [{"key": "a", "value": 1}, {"key": "a", "value": 2}]},
            'the key "a" stands twice in a map',
        ),
        ("Case", {"id": "a", "scores": [], "raw": "none", "rest": []}, "a text that holds JSON was asked for"),
    ],
)
def test_what_is_not_of_the_form_that_was_asked_for(text: str, answer: Any, reason: str) -> None:
    with pytest.raises(Unwrappable, match=re.escape(reason)):
        unwrap(answer, type_(text), TYPES)


def test_the_input_of_a_flow() -> None:
    parameters, _ = tool("(id: text, limit: decimal = 0.50)")
    schema = record_schema(parameters, {})
    assert schema["required"] == ["id"]
    assert schema["properties"]["limit"]["default"] == "0.50"
    assert accepts(schema, {"id": "a", "limit": "1.25"})
    assert not accepts(schema, {"id": "a", "limit": "abc"})
    assert not accepts(schema, {"id": "a", "other": 1})


def test_decimals_are_numbers_for_a_model() -> None:
    answer = unwrap({"value": Decimal("1.50")}, type_("decimal"), {})
    assert validate(answer, type_("decimal"), {}).value == Decimal("1.50")
