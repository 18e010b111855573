"""Calls that a model asks for, as servers send them, and a conversation as they are sent it: over a real socket."""

import json
from dataclasses import replace
from typing import Any

import pytest

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.providers.provider import ProviderFailure
from tests.providers.test_openai_oddities import Player, playing, refused, stream

TOOLS = [
    {"name": "orders-find", "description": "Find one.", "parameters": {"type": "object", "properties": {}}},
    {"name": "mail-send", "parameters": {"type": "object", "properties": {}}},
]
ASKED = {"role": "user", "text": "where is it?"}


def request(*messages: dict[str, Any], **changes: Any) -> ChatRequest:
    talk = Talk(messages=[*(messages or (ASKED,))], tools_text=json.dumps(TOOLS))
    return ChatRequest(**{"agent": "helper", "model": "m", "prompt": "", "talk": talk, **changes})


def delta(**said: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": said}]}


def piece(index: int | None, arguments: Any, id_: str | None = None, name: str | None = None) -> dict[str, Any]:
    part: dict[str, Any] = {"function": {"arguments": arguments}}
    part |= {"index": index} if index is not None else {}
    part |= {"id": id_, "type": "function"} if id_ is not None else {}
    if name is not None:
        part["function"]["name"] = name
    return part


def whole(body: object) -> bytes:
    return refused("200 OK", body)


DONE = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}


async def answer(response: bytes, asked: ChatRequest) -> tuple[ChatResult, Player]:
    async with playing(response) as (player, provider):
        return await provider.chat(asked), player


@pytest.mark.parametrize(
    "response",
    [
        stream(
            delta(role="assistant", content=None, tool_calls=[piece(0, "", "c-1", "orders-find")]),
            delta(tool_calls=[piece(0, '{"id": ')]),
            delta(tool_calls=[piece(0, '"o-1"}')]),
            delta(tool_calls=[piece(1, "{}", "c-2", "mail-send")]),
            DONE,
        ),
        stream(delta(tool_calls=[piece(None, '{"id": "o-1"}', "c-1", "orders-find")]),
               delta(tool_calls=[piece(None, "{}", "c-2", "mail-send")]), DONE),
        whole({"choices": [{"message": {"tool_calls": [
            piece(None, '{"id": "o-1"}', "c-1", "orders-find"), piece(None, "{}", "c-2", "mail-send")]},
            "finish_reason": "stop"}]}),
        whole({"choices": [{"message": {"content": "", "tool_calls": [
            piece(None, {"id": "o-1"}, "c-1", "orders-find"), piece(None, {}, "c-2", "mail-send")]}}]}),
    ],
    ids=["pieces", "without an index", "whole", "objects"],
)  # fmt: skip
async def test_calls_come_in_pieces_or_whole(response: bytes) -> None:
    result, player = await answer(response, request())
    assert result.calls == [AskedCall("c-1", "orders-find", '{"id": "o-1"}'), AskedCall("c-2", "mail-send", "{}")]
    assert result.text is None
    assert player.asked[0]["tools"] == [{"type": "function", "function": tool} for tool in TOOLS]


async def test_ids_that_are_missing_or_alike_are_made() -> None:
    parts = [piece(0, "{}", "", "orders-find"), piece(1, "{}", "", "mail-send")]
    result, _ = await answer(stream(delta(tool_calls=parts), DONE), request())
    assert [call.id for call in result.calls] == ["call-1-0", "call-1-1"]


async def test_words_beside_the_calls_are_kept() -> None:
    said = delta(content="Let me look.", tool_calls=[piece(0, "{}", "c-1", "orders-find")])
    result, _ = await answer(stream(said, DONE), request())
    assert (result.text, len(result.calls)) == ("Let me look.", 1)


async def test_a_conversation_is_sent_with_its_calls() -> None:
    asked = {"role": "assistant", "calls": [{"id": "c-1", "name": "orders-find", "arguments": '{"id":"o-1"}'}]}
    told = {"role": "tool", "call": "c-1", "text": '{"total":"12.50"}'}
    _, player = await answer(
        whole({"choices": [{"message": {"content": "it is here"}, "finish_reason": "stop"}]}),
        request(ASKED, asked, told, instructions="You help."),
    )
    function = {"name": "orders-find", "arguments": '{"id":"o-1"}'}
    assert player.asked[0]["messages"] == [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": "where is it?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c-1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "c-1", "content": '{"total":"12.50"}'},
    ]


async def test_without_tool_calling_all_is_told_in_plain_messages() -> None:
    asked = {"role": "assistant", "calls": [{"id": "c-1", "name": "orders-find", "arguments": '{"id":"o-1"}'}]}
    told = {"role": "tool", "call": "c-1", "text": "12.50"}
    _, player = await answer(
        whole({"choices": [{"message": {"content": '{"answer": "here"}'}, "finish_reason": "stop"}]}),
        request(ASKED, asked, told, without=["tools"]),
    )
    sent = player.asked[0]
    assert "tools" not in sent
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
    assert "orders-find" in sent["messages"][0]["content"]
    assert sent["messages"][2]["content"] == '{"call": {"name": "orders-find", "arguments": {"id":"o-1"}}}'
    assert sent["messages"][3]["content"] == 'The function gave: 12.50\nGo on: {"call": …} or {"answer": …}.'


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


async def form(**changes: Any) -> Any:
    """What an answer in words is held to."""
    said = whole({"choices": [{"message": {"content": '{"answer": "here"}'}, "finish_reason": "stop"}]})
    _, player = await answer(said, replace(request(), **{"without": ["tools"], **changes}))
    return player.asked[0].get("response_format")


async def test_without_tool_calling_an_answer_is_held_to_a_call_or_an_answer() -> None:
    calls = [record(name={"type": "string", "enum": [tool["name"]]}, arguments=tool["parameters"]) for tool in TOOLS]
    held = {"anyOf": [record(call={"anyOf": calls}), record(answer={"type": "string"})]}
    assert await form() == {"type": "json_schema", "json_schema": {"name": "helper", "schema": held, "strict": True}}


async def test_types_of_tools_and_answer_are_named_from_the_root_of_the_form() -> None:
    answered = record(text={"$ref": "#/$defs/Text"}) | {"$defs": {"Text": {"type": "string"}}}
    held = (await form(without=["tools"], schema_text=json.dumps(answered)))["json_schema"]["schema"]
    assert held["$defs"] == {"Text": {"type": "string"}}
    assert held["anyOf"][1] == record(answer=record(text={"$ref": "#/$defs/Text"}))


async def test_a_server_that_takes_no_schema_is_asked_in_words_for_any_json() -> None:
    assert await form(without=["tools", "json_schema"]) == {"type": "json_object"}
    assert await form(without=["tools", "json_schema", "json_object"]) is None
    body = {"error": {"message": "response_format json_schema is not supported", "type": "invalid_request_error"}}
    async with playing(refused("400 Bad Request", body)) as (_, provider):
        with pytest.raises(ProviderFailure) as failed:
            await provider.chat(replace(request(), without=["tools"]))
    assert failed.value.refuses == ("json_schema",)


@pytest.mark.parametrize(
    "message",
    [
        "registry.ollama.ai/library/gemma does not support tools",
        "This model does not support function calling.",
        '"auto" tool choice requires --enable-auto-tool-choice: tools are not supported',
    ],
)
async def test_a_server_that_takes_no_tools_is_asked_in_words(message: str) -> None:
    body = {"error": {"message": message, "type": "invalid_request_error"}}
    async with playing(refused("400 Bad Request", body)) as (_, provider):
        with pytest.raises(ProviderFailure) as failed:
            await provider.chat(request())
        assert failed.value.refuses == ("tools",)
        with pytest.raises(ProviderFailure) as again:
            await provider.chat(replace(request(), without=["tools"]))
        assert "tools" not in again.value.refuses


async def test_calls_that_nobody_offered_are_no_answer() -> None:
    said = delta(tool_calls=[piece(0, "{}", "c-1", "orders-find")])
    with pytest.raises(ProviderFailure) as failed:
        await answer(stream(said, DONE), ChatRequest("helper", "m", "where?"))
    assert failed.value.kind == failures.MALFORMED_OUTPUT
