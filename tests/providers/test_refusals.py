"""What of a request a server does not take, in the words of many servers: `refusals.yaml`."""

import json
from pathlib import Path
from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.openai_refusals import refused_parts
from tests.providers.test_openai_answers import SCHEMA
from tests.yaml_files import read

SAID: list[dict[str, Any]] = read(Path(__file__).with_name("refusals.yaml"))
TOOLS = Talk(tools_text='[{"name": "find", "parameters": {}}]')


@pytest.mark.parametrize("said", SAID, ids=[f"{each['from']}: {each['says'][:50]}" for each in SAID])
def test_what_of_a_request_a_server_does_not_take(said: dict[str, Any]) -> None:
    talk = TOOLS if "tool" in said["says"].lower() else None
    request = ChatRequest(
        "a", "m", "x", instructions="Be brief.", temperature=0.5, seed=7, reasoning="low", schema_text=SCHEMA, talk=talk
    )
    assert refused_parts(request, said["status"], said.get("param", ""), said["says"]) == tuple(said["without"])


def test_where_any_json_was_asked_for_that_is_what_is_refused() -> None:
    """The schema of such an answer had been told in words from the first."""
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(12):
        deep = {"type": "object", "properties": {"a": deep}, "required": ["a"], "additionalProperties": False}
    words = "'response_format.type' must be 'json_schema' or 'text'"
    assert refused_parts(ChatRequest("a", "m", "x", schema_text=json.dumps(deep)), 400, "", words) == ("json_object",)


WHOLE: dict[str, Any] = {
    "temperature": 0.5,
    "seed": 7,
    "reasoning": "low",
    "instructions": "Be brief.",
    "schema_text": SCHEMA,
}


def refused(says: str, status: int = 400, param: str = "", **changes: Any) -> tuple[str, ...]:
    return refused_parts(ChatRequest(**{"agent": "a", "model": "m", "prompt": "x", **changes}), status, param, says)


@pytest.mark.parametrize(
    ("says", "param", "without"),
    [
        ("temperature is not supported", "", "temperature"),
        ("seed is not supported", "", "seed"),
        ("unknown field", "Seed", "seed"),
        ("reasoning.effort is not supported", "", "reasoning_effort"),
        ("it does not support thinking", "", "reasoning_effort"),
        ("system messages are not supported", "", "system"),
        ("response_format is not supported", "", "json_schema"),
        ("strict is not supported", "", "strict"),
        ("streaming is not supported", "", "stream"),
        ("stream_options is not supported", "", "stream_options"),
        ("max_completion_tokens is not supported", "", "max_completion_tokens"),
        ("tools are not supported", "", "tools"),
        ("temperature must be 1", "", "temperature"),
    ],
)
def test_what_is_not_taken_is_left_out_where_it_was_sent_and_not_left_out_before(
    says: str, param: str, without: str
) -> None:
    if without == "strict":
        says = f"response_format: {says}"
    more = WHOLE | ({"talk": TOOLS} if without == "tools" else {})
    assert refused(says, param=param, **more) == (without,)
    assert without not in refused(says, param=param, **more, without=[without])
    if without not in ("stream", "stream_options", "max_completion_tokens"):
        assert without not in refused(says, param=param), "it was not said"
    for status in (404, 405, 415, 422, 500, 501):
        assert refused(says, status, param, **more) == (without,)
    for status in (401, 403, 429, 502, 503):
        assert refused(says, status, param, **more) == ()


@pytest.mark.parametrize(
    ("says", "param"),
    [
        ("temperature must be at most 2", ""),
        ("invalid temperature: 3 is above the maximum", "temperature"),
        ("reasoning_effort: unsupported value, expected one of low, high", ""),
        ("unsupported value", "max_tokens"),
        ("temperature is nice", ""),
        ("must be between 0 and 2, seed is invalid", ""),
        ("temperature must be 1.5, seed is unsupported at most", ""),
        ("", ""),
    ],
)
def test_a_value_that_is_not_taken_is_nothing_to_be_left_out(says: str, param: str) -> None:
    assert refused(says, param=param, **WHOLE) == ()


def test_a_value_of_another_field_is_one_to_be_left_out() -> None:
    assert refused("too large", param="seed", **WHOLE) == ("seed",)
    assert refused("unsupported, one of a: supported values", param="seed", **WHOLE) == ("seed",)


def test_several_are_left_out_together_and_a_form_becomes_the_next_one() -> None:
    assert refused("seed and temperature are not supported", **WHOLE) == ("temperature", "seed")
    says = "response_format is not supported"
    assert refused(says, **WHOLE) == ("json_schema",)
    assert refused(says, **WHOLE, without=["json_schema"]) == ("json_object",)
    assert refused(says, **WHOLE, without=["json_schema", "json_object"]) == ()
    assert refused("strict schema: response_format is not supported", **WHOLE) == ("json_schema",)
    assert refused("strict response_format is not supported", **WHOLE) == ("strict",)
    assert refused("strict response_format is not supported", **WHOLE, without=["strict"]) == ("json_schema",)
