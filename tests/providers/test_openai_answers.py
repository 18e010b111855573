"""Answers as servers really send them: complete ones in odd forms, and those that only look like one."""

import asyncio
import json
import socket
from typing import Any

import pytest

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatUsage
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import ProviderFailure
from tests.providers.test_openai_oddities import USAGE, chat, chunk, failure, stream

SCHEMA = '{"type": "object", "properties": {"s": {"type": "string"}}, "required": ["s"], "additionalProperties": false}'
WHOLE = '{"s": "hi"}'


def response(body: str, kind: str = "application/json", status: str = "200 OK") -> bytes:
    data = body.encode()
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def completion(finish: str | None = "stop", usage: Any = USAGE, **message: object) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def events(*lines: str, end: str = "\n\n") -> bytes:
    return response("".join(f"{line}{end}" for line in lines), "text/event-stream")


SAID = json.dumps(chunk(content=WHOLE))
STOP = json.dumps(chunk(finish="stop", usage=USAGE))

COMPLETE: dict[str, bytes] = {
    "whole body": response(json.dumps(completion(content=WHOLE))),
    "whole body over lines": response(json.dumps(completion(content=WHOLE), indent=2)),
    "whole body as a stream": response(json.dumps(completion(content=WHOLE)), "text/event-stream"),
    "whole body without a reason": response(json.dumps(completion(None, content=WHOLE))),
    "content in parts": response(json.dumps(completion(content=[{"type": "text", "text": WHOLE}]))),
    "thinking in parts": response(
        json.dumps(completion(content=[{"type": "thinking", "thinking": []}, {"type": "text", "text": WHOLE}]))
    ),
    "no reason": stream(chunk(content=WHOLE), chunk(usage=USAGE)),
    "empty reason": stream(chunk(finish="", content=WHOLE), chunk(usage=USAGE)),
    "odd reason": stream(chunk(content=WHOLE), chunk(finish="eos", usage=USAGE)),
    "reason of tools": stream(chunk(content=WHOLE), chunk(finish="tool_calls", usage=USAGE)),
    "no done": events(f"data: {SAID}", f"data: {STOP}"),
    "broken off after the last": events(f"data:{SAID}", f"data:{STOP}", "data:[DONE]", end="\r\n\r\n")[:-4],
    "comments and names": events(": hello", f"event: message\nid: 1\ndata: {SAID}", f"data: {STOP}", "data: [DONE]"),
    "as plain text": response(f"data: {SAID}\n\ndata: {STOP}\n\ndata: [DONE]\n\n", "text/plain"),
    "nulls": stream(chunk(content=None, refusal=None, tool_calls=None), chunk(content=WHOLE), chunk("stop", USAGE)),
    "after the done": events(f"data: {SAID}", f"data: {STOP}", "data: [DONE]", "data: oops"),
    "no delta": stream(
        {"choices": [{"index": 0, "delta": None, "finish_reason": None}], "usage": None},
        *(chunk(content=WHOLE), {"choices": None}, chunk("stop", USAGE)),
    ),
    "other choices": stream(
        {"choices": [{"index": 1, "delta": {"content": "other"}}]}, chunk(content=WHOLE), chunk("stop", USAGE)
    ),
}


@pytest.mark.parametrize("sent", COMPLETE.values(), ids=COMPLETE)
async def test_whole_answer_without_a_finish_reason(sent: bytes) -> None:
    """whole-answer-without-a-finish-reason, and others of its kind"""
    result, _ = await chat(sent, schema_text=SCHEMA)
    assert (result.text, result.usage) == (WHOLE, ChatUsage(11, 5))


async def test_an_answer_may_hold_what_python_takes_for_the_end_of_a_line() -> None:
    text = json.dumps({"s": "a\u2028b\u0085c"}, ensure_ascii=False)
    sent = json.dumps(chunk("stop", USAGE, content=text), ensure_ascii=False)
    result, _ = await chat(events(f"data: {sent}", "data: [DONE]"), schema_text=SCHEMA)
    assert result.text == text


ERROR = {"error": {"message": "no luck", "type": "server_error"}}

NO_ANSWERS: dict[str, tuple[bytes, str, str, str]] = {
    "200 with an error": (response(json.dumps(ERROR)), failures.OVERLOADED, "reservation", "no luck"),
    "200 with a limit": (
        response(json.dumps({"error": {"message": "slow down", "code": 429}})),
        *(failures.RATE_LIMITED, "none", "slow down"),
    ),
    "200 with no key": (
        response(json.dumps({"error": {"message": "no key", "code": "invalid_api_key"}})),
        *(failures.AUTHENTICATION, "none", "OPENAI_API_KEY"),
    ),
    "200 with a text for an error": (response('{"error": "no luck"}'), failures.OVERLOADED, "reservation", "no luck"),
    "an error in a choice": (
        stream({"choices": [{"index": 0, "delta": {}, "error": {"message": "no luck", "code": 502}}]}),
        *(failures.OVERLOADED, "reservation", "no luck"),
    ),
    "a reason that is an error": (
        stream(chunk(content='{"s"'), chunk("error", USAGE)),
        *(failures.OVERLOADED, "usage", "the answer broke off with 'error'"),
    ),
    "empty": (stream(chunk(content=""), chunk("stop", USAGE)), failures.MALFORMED_OUTPUT, "usage", "is empty"),
    "null": (
        response(json.dumps(completion(content=None))),
        *(failures.MALFORMED_OUTPUT, "usage", "the answer is empty"),
    ),
    "reasoning alone": (
        stream(chunk(reasoning_content="hm"), chunk("stop", USAGE)),
        *(failures.MALFORMED_OUTPUT, "usage", "the model gave its reasoning, and no answer"),
    ),
    "a tool": (
        stream(chunk(tool_calls=[{"index": 0}]), chunk("tool_calls", USAGE)),
        *(failures.MALFORMED_OUTPUT, "usage", "the model wanted to call a tool"),
    ),
    "a refusal": (
        response(json.dumps(completion(content=None, refusal="I cannot."))),
        *(failures.REFUSED, "usage", "the model refused: I cannot."),
    ),
    "a filter": (stream(chunk("SAFETY", USAGE)), failures.CONTENT_FILTERED, "usage", "content filter"),
    "nothing": (response(""), failures.CONNECTION_FAILED, "reservation", "ended before it was complete"),
    "no object": (response("[]"), failures.CONNECTION_FAILED, "reservation", "no object"),
    "an error in a list": (
        response('[{"error": {"code": 429, "message": "slow down"}}]'),
        *(failures.RATE_LIMITED, "none", "slow down"),
    ),
    "an error that is the body": (
        events('data: {"object": "error", "message": "no luck", "code": 500}'),
        *(failures.OVERLOADED, "reservation", "no luck"),
    ),
    "no JSON": (response("{oops"), failures.CONNECTION_FAILED, "reservation", "damaged"),
    "no text": (events("data: {}"), failures.CONNECTION_FAILED, "reservation", "ended before it was complete"),
    "half a character": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: \xc3\n\n",
        *(failures.CONNECTION_FAILED, "reservation", "damaged"),
    ),
}


@pytest.mark.parametrize(("sent", "kind", "charge", "words"), NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_what_is_no_answer(sent: bytes, kind: str, charge: str, words: str) -> None:
    found = await failure(sent, schema_text=SCHEMA)
    assert (found.kind, found.charge) == (kind, charge)
    assert words in found.message


@pytest.mark.parametrize(
    ("finish", "more", "words"),
    [
        ("length", {"content": '{"s": "h'}, "it is longer than 77 tokens"),
        ("MAX_TOKENS", {"content": '{"s": "h'}, "it is longer than 77 tokens"),
        ("length", {"content": None, "reasoning_content": "hm"}, "its reasoning took all of the 77 tokens"),
    ],
)
async def test_a_cut_off_answer_is_told_with_its_reason(finish: str, more: dict[str, Any], words: str) -> None:
    sent = response(json.dumps(completion(finish, **more)))
    found = await failure(sent, schema_text=SCHEMA, max_output_tokens=77)
    assert (found.kind, found.cut) == (failures.MALFORMED_OUTPUT, True)
    assert words in found.message


async def test_reasoning_that_used_up_the_answer_is_named() -> None:
    usage = {**USAGE, "completion_tokens": 77, "completion_tokens_details": {"reasoning_tokens": 70}}
    sent = response(json.dumps(completion("length", usage, content="{")))
    found = await failure(sent, schema_text=SCHEMA, max_output_tokens=77)
    assert found.message == "the answer was cut off: its reasoning took 70 of the 77 tokens that it may have"


async def test_re_ask_without_the_refused_answer() -> None:
    """re-ask-without-the-refused-answer: the model sees it as its own, and roles alternate."""
    _, asked = await chat(
        stream(chunk(content=WHOLE), chunk(finish="stop")),
        schema_text=SCHEMA,
        instructions="Be brief.",
        feedback="it is no JSON",
        refused="oops",
    )
    assert [(message["role"], message["content"]) for message in asked["messages"]] == [
        ("system", "Be brief."),
        ("user", "Sort."),
        ("assistant", "oops"),
        ("user", "Your last answer could not be used: it is no JSON\nAnswer again."),
    ]


async def test_a_schema_keeps_the_order_of_its_fields() -> None:
    """fields-go-to-the-model-by-the-alphabet"""
    schema = '{"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "string"}}}'
    _, asked = await chat(stream(chunk(content=WHOLE), chunk(finish="stop")), schema_text=schema)
    assert list(asked["response_format"]["json_schema"]["schema"]["properties"]) == ["z", "a"]


async def sent_without(*without: str, **changes: object) -> dict[str, Any]:
    more = {"schema_text": SCHEMA, "instructions": "Be brief.", "temperature": 0.5, **changes}
    _, asked = await chat(stream(chunk(content=WHOLE), chunk(finish="stop")), without=list(without), **more)
    return asked


async def test_what_is_sent_to_a_server_that_takes_a_part_of_it() -> None:
    asked = await sent_without("temperature", "max_completion_tokens", "stream_options", "strict")
    assert asked["max_tokens"] == 4096
    assert not {"temperature", "max_completion_tokens", "stream_options"} & asked.keys()
    assert "strict" not in asked["response_format"]["json_schema"]
    asked = await sent_without("stream")
    assert asked["stream"] is False
    assert "stream_options" not in asked
    asked = await sent_without(seed=7, reasoning="low")
    assert (asked["seed"], asked["reasoning_effort"]) == (7, "low")
    asked = await sent_without("seed", "reasoning_effort", seed=7, reasoning="low")
    assert not {"seed", "reasoning_effort"} & asked.keys()


async def test_without_a_schema_for_its_answers_a_model_is_told_it_in_words() -> None:
    asked = await sent_without("json_schema")
    assert asked["response_format"] == {"type": "json_object"}
    assert asked["messages"][0]["content"] == f"Be brief.\n\nAnswer with JSON of this schema only:\n{SCHEMA}"
    asked = await sent_without("json_schema", "json_object", "system")
    assert "response_format" not in asked
    assert [message["role"] for message in asked["messages"]] == ["user"]
    assert asked["messages"][0]["content"].startswith("Be brief.\n\nAnswer with JSON of this schema only:\n{")
    assert asked["messages"][0]["content"].endswith("\n\nSort.")


async def test_a_schema_that_no_answer_can_be_held_to_is_told_in_words() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(12):
        deep = {"type": "object", "properties": {"a": deep}, "required": ["a"], "additionalProperties": False}
    asked = await sent_without(schema_text=json.dumps(deep))
    assert asked["response_format"] == {"type": "json_object"}
    pattern = {"type": "string", "pattern": "^(?:(?i)abc)$", "description": "a code"}
    schema = {"type": "object", "properties": {"a": pattern}}
    asked = await sent_without(schema_text=json.dumps(schema))
    told = asked["response_format"]["json_schema"]["schema"]["properties"]["a"]
    assert told == {"type": "string", "description": "a code (matches ^(?:(?i)abc)$)"}


REFUSALS: list[tuple[int, dict[str, Any], tuple[str, ...]]] = [
    (
        400,
        {"message": "Unsupported value: only the default (1) is supported", "param": "temperature"},
        ("temperature",),
    ),
    (400, {"message": "Unsupported parameter: 'temperature' is not supported with this model."}, ("temperature",)),
    (400, {"message": "`temperature` is deprecated for this model."}, ("temperature",)),
    (400, {"message": "Invalid 'temperature': above maximum value", "param": "temperature"}, ()),
    (400, {"message": "temperature must be 1.0 for this model"}, ("temperature",)),
    (400, {"message": "`temperature` may only be set to 1 when thinking is enabled"}, ("temperature",)),
    (400, {"message": "invalid temperature: only 1 is allowed for this model"}, ("temperature",)),
    (400, {"message": "temperature should be 1", "param": "temperature"}, ("temperature",)),
    (400, {"message": "temperature must be 1.5 or less"}, ()),
    (400, {"message": "temperature must be in the range 0 to 1"}, ()),
    (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs"}]},
        ("max_completion_tokens",),
    ),
    (
        400,
        {"message": "Unrecognized request arguments supplied: max_completion_tokens, stream_options"},
        ("stream_options", "max_completion_tokens"),
    ),
    (400, {"message": "Unrecognized request argument supplied: reasoning_effort"}, ("reasoning_effort",)),
    (
        400,
        {
            "message": "Unsupported value: 'minimal'. Supported values are: 'low', 'medium', and 'high'.",
            "param": "reasoning_effort",
        },
        (),
    ),
    (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs"}]}, ("seed",)),
    (400, {"message": "max_tokens is too large: 60000. This model supports at most 16384 completion tokens"}, ()),
    (400, {"message": 'Unknown name "stream_options": Cannot find field.'}, ("stream_options",)),
    (400, {"message": "Unsupported value: 'stream' does not support true", "param": "stream"}, ("stream",)),
    (400, {"message": "This response_format type is unavailable now"}, ("json_schema",)),
    (400, {"message": "Invalid schema for response_format 'a': ...", "param": "response_format"}, ("json_schema",)),
    (400, {"message": "json_schema is not supported by this model"}, ("json_schema",)),
    (500, {"message": "failed to parse grammar: unexpected end"}, ("json_schema",)),
    (400, {"message": "'messages[0].role' does not support 'system' with this model."}, ("system",)),
    (400, {"message": "System role not supported"}, ("system",)),
    (400, {"message": "Conversation roles must alternate user/assistant/user/assistant"}, ()),
    (400, {"message": "This model's maximum context length is 8192 tokens", "code": "context_length_exceeded"}, ()),
    (404, {"message": "The model `m` does not exist", "code": "model_not_found"}, ()),
    (500, {"message": "oops"}, ()),
]


@pytest.mark.parametrize(("status", "error", "parts"), REFUSALS, ids=[str(case[1])[:60] for case in REFUSALS])
async def test_what_of_a_request_a_server_does_not_take(
    status: int, error: dict[str, Any], parts: tuple[str, ...]
) -> None:
    body = json.dumps(error if "detail" in error else {"error": error})
    found = await failure(
        response(body, status=f"{status} No"),
        schema_text=SCHEMA,
        temperature=0.5,
        seed=7,
        reasoning="low",
        instructions="Be brief.",
    )
    assert found.refuses == parts
    assert found.kind == (failures.OVERLOADED if status == 500 else failures.INVALID_REQUEST)


@pytest.mark.parametrize("status", [301, 404, 405])
async def test_a_wrong_address_is_named(status: int) -> None:
    found = await failure(response('{"detail": "Not Found"}', status=f"{status} No"))
    assert (found.kind, found.charge) == (failures.INVALID_REQUEST, "none")
    assert "/v1 (OPENAI_BASE_URL sets it)" in found.message


async def test_a_connection_that_is_refused_names_the_address_and_its_variable(unused_tcp_port: int) -> None:
    provider = OpenAIProvider(Access("test-key", f"http://127.0.0.1:{unused_tcp_port}/v1"))
    with pytest.raises(ProviderFailure, match="OPENAI_BASE_URL sets it") as caught:
        await provider.chat(ChatRequest("a", "m", "hello"))
    assert caught.value.unreached


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            400,
            '[{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]',
            "Authentication",
            "OPENAI_API_KEY",
        ),
        (
            401,
            '{"error": "no key"}',
            "Authentication",
            "401: no key; the worker's environment has the key in OPENAI_API_KEY",
        ),
        (403, "<html>Forbidden</html>", "Authentication", "403: <html>Forbidden</html>"),
        (
            422,
            '{"object": "Error", "message": {"detail": [{"msg": "odd"}]}}',
            "InvalidRequest",
            '422: {"detail": [{"msg": "odd"}]}',
        ),
        (400, "", "InvalidRequest", "400: No"),
        (418, "[1]", "InvalidRequest", "418: No"),
        (402, '{"error": {"message": "pay first"}}', "QuotaExceeded", "402: pay first"),
    ],
)
async def test_a_servers_own_words_wherever_it_puts_them(status: int, body: str, kind: str, words: str) -> None:
    found = await failure(response(body, status=f"{status} No"))
    assert (found.kind, found.charge) == (kind, "none")
    assert words in found.message


@pytest.mark.parametrize(
    ("number", "kind"), [(socket.EAI_NONAME, failures.INVALID_REQUEST), (socket.EAI_AGAIN, failures.CONNECTION_FAILED)]
)
async def test_a_host_that_is_not_there_ends_at_once(monkeypatch: pytest.MonkeyPatch, number: int, kind: str) -> None:
    """An answer that there is none is one; no answer is not."""

    async def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
    provider = OpenAIProvider(Access("test-key", "http://no-such-host.invalid/v1"))
    with pytest.raises(ProviderFailure, match="OPENAI_BASE_URL sets it") as caught:
        await provider.chat(ChatRequest("a", "m", "hello"))
    assert (caught.value.kind, caught.value.charge) == (kind, "none")
