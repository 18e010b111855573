"""What of a request a server does not take, in the words of many servers: `refusals.yaml`."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.openai_refusals import refused_parts
from tests.providers.test_openai_answers import SCHEMA

SAID: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("refusals.yaml").read_text("utf-8"))
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
