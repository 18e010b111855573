"""A request in the messages and fields of a chat: what is said to whom, and without what a server does not take."""

import json
from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.openai_request import messages, parameters
from interpreter.providers.tools_in_words import REMINDER

SCHEMA = '{"type": "object", "properties": {"b": {"type": "text"}, "a": {}}}'
TOOL = {"name": "find", "description": "Finds it", "parameters": {"type": "object"}}
BARE = {"name": "look", "parameters": {"type": "object"}}
SAID = {"role": "user", "text": "Sort."}


def request(**changes: Any) -> ChatRequest:
    return ChatRequest(**{"agent": "a", "model": "m", "prompt": "Sort.", **changes})


def talking(*said: dict[str, Any], notice: str | None = None, tools: str | None = json.dumps([TOOL, BARE])) -> Talk:
    return Talk(messages=[*said], tools_text=tools, notice=notice)


def told(**changes: Any) -> list[tuple[str, Any]]:
    return [(each["role"], each["content"]) for each in messages(request(**changes))]


AGAIN = "Your last answer could not be used: too short\nAnswer again."
IN_WORDS = f"Answer with JSON of this schema only:\n{SCHEMA}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, [("user", "Sort.")]),
        ({"instructions": "Be brief."}, [("system", "Be brief."), ("user", "Sort.")]),
        ({"instructions": ""}, [("system", ""), ("user", "Sort.")]),
        ({"instructions": "Be brief.", "without": ["system"]}, [("user", "Be brief.\n\nSort.")]),
        ({"without": ["system"]}, [("user", "Sort.")]),
        ({"schema_text": SCHEMA}, [("user", "Sort.")]),
        ({"schema_text": SCHEMA, "without": ["json_schema"]}, [("system", IN_WORDS), ("user", "Sort.")]),
        (
            {"schema_text": SCHEMA, "without": ["json_schema"], "instructions": "Be brief."},
            [("system", f"Be brief.\n\n{IN_WORDS}"), ("user", "Sort.")],
        ),
        (
            {"schema": json.loads(SCHEMA), "without": ["json_schema", "system"]},
            [("user", f"{IN_WORDS}\n\nSort.")],
        ),
        ({"without": ["json_schema"]}, [("user", "Sort.")]),
        ({"feedback": "too short"}, [("user", f"Sort.\n\n{AGAIN}")]),
        (
            {"feedback": "too short", "refused": "{}"},
            [("user", "Sort."), ("assistant", "{}"), ("user", AGAIN)],
        ),
        ({"refused": "{}"}, [("user", "Sort.")]),
        ({"talk": talking(SAID, notice="One turn is left.")}, [("user", "Sort.\n\nOne turn is left.")]),
        (
            {"talk": talking(SAID, {"role": "assistant", "text": "Done."}, notice="One turn is left.")},
            [("user", "Sort."), ("assistant", "Done."), ("user", "One turn is left.")],
        ),
        (
            {"talk": talking(SAID, {"role": "assistant", "text": "a"}, {"role": "assistant", "text": "b"})},
            [("user", "Sort."), ("assistant", "a"), ("assistant", "b")],
        ),
    ],
    ids=str,
)
def test_what_is_said_to_a_model(changes: dict[str, Any], said: list[tuple[str, Any]]) -> None:
    assert told(**changes) == said


def test_what_one_side_says_in_a_row_leaves_the_conversation_as_it_was() -> None:
    talk = talking(SAID, {"role": "user", "text": "Hurry."})
    assert told(talk=talk) == told(talk=talk) == [("user", "Sort.\n\nHurry.")]


@pytest.mark.parametrize("without", [["tools"], ["tools", "json_schema"], ["tools", "system"]])
@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_tools_in_words_say_the_schema_themselves_and_once(without: list[str], schema: str | None) -> None:
    asked = request(talk=talking(SAID), schema_text=schema, without=without)
    said = json.dumps([each["content"] for each in messages(asked)])
    assert said.count("You may call these functions") == 1
    assert said.count("Answer with JSON of this schema only") == 0
    assert said.count(json.dumps(SCHEMA)[1:-1]) == (1 if schema else 0)
    assert said.count("where \\u2026 is a text") == (0 if schema else 1)
    assert "- find: Finds it. Arguments" in said
    assert "- look. Arguments" in said
    assert "tools" not in parameters(asked, "m")


def test_a_conversation_with_calls_in_its_own_form_and_in_words() -> None:
    calls = [{"id": "c1", "name": "find", "arguments": '{"a": 1}'}, {"id": "c2", "name": "look", "arguments": ""}]
    talk = talking(
        SAID,
        {"role": "assistant", "text": "Hm.", "calls": calls},
        {"role": "tool", "call": "c1", "text": "one"},
        {"role": "assistant", "text": None, "calls": []},
    )
    _, asked, gave, empty = messages(request(talk=talk))
    functions = [{"name": each["name"], "arguments": each["arguments"]} for each in calls]
    assert asked == {
        "role": "assistant",
        "content": "Hm.",
        "tool_calls": [
            {"id": each["id"], "type": "function", "function": function}
            for each, function in zip(calls, functions, strict=True)
        ],
    }
    assert gave == {"role": "tool", "tool_call_id": "c1", "content": "one"}
    assert empty == {"role": "assistant", "content": ""}
    words = told(talk=talk, without=["tools"])
    assert words[2:] == [
        ("assistant", '{"call": {"name": "find", "arguments": {"a": 1}}}'),
        ("assistant", '{"call": {"name": "look", "arguments": {}}}'),
        ("user", f"The function gave: one\n{REMINDER}"),
        ("assistant", ""),
    ]


OPTIONS = {"temperature": 0.0, "seed": 0, "reasoning_effort": "low"}
ALL = {"temperature": 0.0, "seed": 0, "reasoning": "low", "max_output_tokens": 9}
PLAIN = {"model": "theirs", "messages": [{"role": "user", "content": "Sort."}], "max_completion_tokens": 9}
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


@pytest.mark.parametrize(
    ("without", "sent"),
    [
        ([], PLAIN | STREAMED | OPTIONS),
        (["stream"], PLAIN | {"stream": False} | OPTIONS),
        (["stream_options"], PLAIN | {"stream": True} | OPTIONS),
        (["stream", "stream_options", *OPTIONS], PLAIN | {"stream": False}),
        (["temperature"], PLAIN | STREAMED | {name: OPTIONS[name] for name in ("seed", "reasoning_effort")}),
        (["seed"], PLAIN | STREAMED | {name: OPTIONS[name] for name in ("temperature", "reasoning_effort")}),
        (["reasoning_effort"], PLAIN | STREAMED | {name: OPTIONS[name] for name in ("temperature", "seed")}),
    ],
    ids=str,
)
def test_what_is_not_taken_is_not_sent(without: list[str], sent: dict[str, Any]) -> None:
    assert parameters(request(**ALL, without=without), "theirs") == sent


def test_what_was_not_said_is_not_sent_and_a_ceiling_has_two_names() -> None:
    assert parameters(request(max_output_tokens=9), "theirs") == PLAIN | STREAMED
    old = parameters(request(max_output_tokens=9, without=["max_completion_tokens"]), "theirs")
    assert (old["max_tokens"], "max_completion_tokens" in old) == (9, False)


def _form(schema: str | None = SCHEMA, **changes: Any) -> Any:
    return parameters(request(schema_text=schema, **changes), "m").get("response_format")


def test_the_form_of_the_answer_is_what_the_server_takes_of_it() -> None:
    named = {"name": "my_agent-1_", "schema": json.loads(SCHEMA)}
    assert _form(agent="my agent-1!") == {"type": "json_schema", "json_schema": named | {"strict": True}}
    assert _form(agent="my agent-1!", without=["strict"]) == {"type": "json_schema", "json_schema": named}
    assert list(_form()["json_schema"]["schema"]["properties"]) == ["b", "a"], "a model writes fields as it sees them"
    assert _form(without=["json_schema"]) == {"type": "json_object"}
    assert _form(without=["json_schema", "json_object"]) is None
    assert _form(None) is None
    assert len(_form(agent="x" * 64)["json_schema"]["name"]) == len(_form(agent="x" * 65)["json_schema"]["name"]) == 64


def test_tools_stand_beside_the_messages() -> None:
    sent = parameters(request(talk=talking(SAID)), "m")
    assert sent["tools"] == [{"type": "function", "function": each} for each in (TOOL, BARE)]
    assert "tools" not in parameters(request(talk=talking(SAID, tools=None)), "m")
    assert "tools" not in parameters(request(), "m")
