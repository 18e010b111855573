"""A rehearsed answer fits its schema, is the same each time, and leans towards what lets a flow go on."""

import json
import re
from typing import Any

import jsonschema
import pytest

from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.boundary.talk import Talk
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


def _tool(name: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return {"name": name, "description": name, "parameters": parameters}


TOOLS = [
    _tool("orders-find", state={"enum": ["open", "sent"]}, most={"type": "integer", "minimum": 1, "maximum": 5}),
    _tool("mail-send", to={"type": "string", "minLength": 12}),
    *(_tool(f"more-{number}") for number in range(5)),
]
ASKED = {"role": "user", "text": "What was sent?"}


async def acts(*messages: dict[str, Any]) -> ChatResult:
    talk = Talk(messages=[*messages], tools_text=json.dumps(TOOLS))
    return await rehearse(TRIAGE, "What was sent?", talk=talk)


async def test_tools_are_called_with_arguments_that_fit_the_same_each_time() -> None:
    first, again = await acts(ASKED), await acts(ASKED)
    assert first == again
    assert first.output is None
    assert [call.name for call in first.calls] == [told["name"] for told in TOOLS[:5]]
    assert len({call.id for call in first.calls}) == 5
    for call, told in zip(first.calls, TOOLS, strict=False):
        jsonschema.validate(json.loads(call.arguments), told["parameters"])
    assert json.loads(first.calls[0].arguments)["state"] == "sent", "the prompt mentions it"


@pytest.mark.parametrize(
    "since",
    [
        [{"role": "assistant", "text": "", "calls": []}, {"role": "tool", "call": "c", "text": "{}"}],
        [{"role": "tool", "call": "c", "text": "{}"}],
        [{"role": "tool", "call": "c", "text": "{}"}, {"role": "user", "text": "Hurry up."}],
    ],
    ids=["called", "the calls are not shown any more", "told something"],
)
async def test_what_was_called_is_not_called_again(since: list[dict[str, Any]]) -> None:
    answer = await acts(ASKED, *since)
    assert answer.calls == []
    jsonschema.validate(answer.output, TRIAGE)
    assert len((await acts(ASKED, *since, ASKED)).calls) == 5, "asked once more, it calls once more"
