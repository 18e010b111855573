"""A rehearsed answer fits its schema, is the same each time, and leans towards what lets a flow go on."""

import re
from typing import Any

import jsonschema
import pytest

from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.rehearsal import RehearsalProvider

TRIAGE = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["refund", "bug", "question"]},
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
        "reason": {"type": "string"},
    },
    "required": ["kind", "amount", "reason"],
    "additionalProperties": False,
}

SCHEMAS: list[dict[str, Any]] = [
    TRIAGE,
    {"type": "array", "items": {"type": "integer", "minimum": 3, "exclusiveMaximum": 5}, "minItems": 2, "maxItems": 4},
    {"type": "array", "items": {"type": "boolean"}, "maxItems": 0},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
    {"type": "string", "minLength": 30, "maxLength": 40},
    {"type": "string", "maxLength": 4},
    {"type": ["string", "null"], "pattern": "^[A-Z]{3}-[0-9]{2,4}(x|y)?$"},
    {"anyOf": [{"const": "left"}, {"const": "right"}]},
    {"anyOf": [{"$ref": "#/$defs/Circle"}, {"type": "null"}], "$defs": {"Circle": {"type": "object"}}},
    {"type": "object", "additionalProperties": {"type": "number"}},
    {
        "$ref": "#/$defs/Tree",
        "$defs": {
            "Tree": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
                },
                "required": ["name", "children"],
            }
        },
    },
]


async def rehearse(schema: Any, prompt: str = "Sort this.", **changes: Any) -> ChatResult:
    request = ChatRequest(agent="triage", model="gpt-4o", prompt=prompt, schema=schema, **changes)
    return await RehearsalProvider().chat(request)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
async def test_the_answer_fits_the_schema(schema: dict[str, Any]) -> None:
    for prompt in ("a", "b", "c", "d", "e"):
        jsonschema.validate((await rehearse(schema, prompt)).output, schema)


async def test_the_same_question_gets_the_same_answer_and_says_it_is_a_rehearsal() -> None:
    first, second = await rehearse(TRIAGE), await rehearse(TRIAGE)
    assert first == second
    assert first.rehearsal
    assert first.response_model == "rehearsal"


async def test_it_takes_what_the_prompt_mentions() -> None:
    output = (await rehearse(TRIAGE, "I want a refund of 49.90, this is no question.")).output
    assert output == {"kind": "refund", "amount": "49.90", "reason": "rehearsed reason"}


async def test_scores_are_high_and_flags_are_true_so_that_loops_end() -> None:
    schema = {
        "type": "object",
        "properties": {"score": {"type": "integer", "minimum": 0, "maximum": 10}, "done": {"type": "boolean"}},
    }
    for prompt in ("a", "b", "c"):
        output = (await rehearse(schema, prompt)).output
        assert output["score"] >= 8
        assert output["done"] is True


async def test_plain_text_without_a_schema() -> None:
    assert (await rehearse(None)).output == "rehearsed answer of triage"


async def test_usage_is_counted_from_what_was_sent_and_answered() -> None:
    usage = (await rehearse(None, "x" * 100, instructions="y" * 20, max_output_tokens=3)).usage
    assert usage.input_tokens == 30
    assert usage.output_tokens == 3


@pytest.mark.parametrize(
    "pattern", ["^[0-9]{4}-[0-9]{2}$", r"^\w+@\w+\.com$", "^(a|b)(c|d)\\1$", "^[^,]+,[^,]+$", "x?y*z+", "^$"]
)
async def test_simple_patterns_are_followed(pattern: str) -> None:
    text = (await rehearse({"type": "string", "pattern": pattern})).output
    assert re.search(pattern, text)
