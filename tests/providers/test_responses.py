"""The Responses API over a real socket: the same request and the same answer as a chat has, in its forms."""

import json
from typing import Any

import pytest

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.openai_reading import Damaged, ToldError
from interpreter.providers.openai_responses import Responded, as_response
from interpreter.providers.provider import ProviderFailure
from tests.providers.test_openai_answers import SCHEMA, WHOLE, response
from tests.providers.test_openai_oddities import playing

USAGE = {
    "input_tokens": 11,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 16,
}


def ended(status: str = "completed", **more: object) -> dict[str, Any]:
    whole = {"object": "response", "status": status, "model": "m-1", "usage": USAGE, **more}
    return {"type": f"response.{status}", "response": whole}


def stream(*parts: dict[str, Any]) -> bytes:
    text = "".join(f"event: {part['type']}\ndata: {json.dumps(part)}\n\n" for part in parts)
    return response(text, "text/event-stream")


def delta(kind: str, text: str) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "output_index": 0, "delta": text}


async def asked(played: bytes, **changes: object) -> tuple[ChatResult, dict[str, Any], list[str]]:
    request = ChatRequest(**{"agent": "my agent", "model": "m", "prompt": "Sort.", **changes})  # type: ignore[arg-type]
    heard: list[str] = []
    async with playing(played) as (player, provider):
        here = Access("test-key", provider._access.address, api="responses")
        responding = OpenAIProvider(here, silence=5)
        try:
            result = await responding.chat_streamed(request, heard.append)
        finally:
            await responding.close()
        assert player.heads[0].startswith("POST /v1/responses ")
        return result, player.asked[0], heard


async def test_what_is_asked_and_what_comes_back() -> None:
    said = (delta("reasoning_summary_text", "Hm."), *(delta("output_text", part) for part in (WHOLE[:4], WHOLE[4:])))
    created = {"type": "response.created", "response": {"object": "response", "status": "in_progress"}}
    more = {"schema_text": SCHEMA, "instructions": "Be brief.", "temperature": 0.5, "seed": 7, "reasoning": "low"}
    result, sent, heard = await asked(stream(created, *said, ended()), max_output_tokens=77, **more)
    assert result == ChatResult(None, ChatUsage(11, 5, 4, 0, 2), "m-1", text=WHOLE)
    assert heard == [WHOLE[:4], WHOLE[4:]]
    form = sent.pop("text")["format"]
    assert (form["type"], form["name"], form["strict"]) == ("json_schema", "my_agent", True)
    assert list(form["schema"]["properties"]) == ["s"]
    assert sent == {
        "model": "m",
        "stream": True,
        "store": False,
        "temperature": 0.5,
        "max_output_tokens": 77,
        "reasoning": {"effort": "low"},
        "input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Sort."}],
    }


async def test_an_answer_that_comes_at_the_end_alone() -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": '{"s": "hi"}'}]}
    result, _, heard = await asked(stream(ended(output=[message])), schema_text=SCHEMA)
    assert (result.text, heard) == ('{"s": "hi"}', ['{"s": "hi"}'])
    result, _, _ = await asked(stream(delta("output_text", '{"s": 1}'), ended(output=[message])), schema_text=SCHEMA)
    assert result.text == '{"s": 1}'


async def test_a_whole_body_is_read_too() -> None:
    output = [
        {"type": "reasoning", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]},
    ]
    result, _, _ = await asked(response(json.dumps(ended(output=output)["response"])))
    assert result == ChatResult("Hi", ChatUsage(11, 5, 4, 0, 2), "m-1")


NO_ANSWERS: dict[str, tuple[bytes, str, str, str]] = {
    "cut off": (
        stream(delta("output_text", "{"), ended("incomplete", incomplete_details={"reason": "max_output_tokens"})),
        *(failures.MALFORMED_OUTPUT, "usage", "its reasoning took 2 of the 4096 tokens"),
    ),
    "filtered": (
        stream(ended("incomplete", incomplete_details={"reason": "content_filter"})),
        *(failures.CONTENT_FILTERED, "usage", "content filter"),
    ),
    "refused": (
        stream(delta("refusal", "I cannot."), ended()),
        *(failures.REFUSED, "usage", "the model refused: I cannot."),
    ),
    "failed": (
        stream(ended("failed", error={"code": "server_error", "message": "no luck"})),
        *(failures.OVERLOADED, "reservation", "no luck"),
    ),
    "limited": (
        stream({"type": "error", "code": "rate_limit_exceeded", "message": "slow down"}),
        *(failures.RATE_LIMITED, "none", "slow down"),
    ),
    "broken off": (
        stream(delta("output_text", "{")),
        *(failures.CONNECTION_FAILED, "reservation", "ended before it was complete"),
    ),
    "a tool": (
        stream(
            {"type": "response.output_item.done", "output_index": 0, "item": {"type": "function_call", "name": "f"}},
            ended(),
        ),
        *(failures.MALFORMED_OUTPUT, "usage", "the model wanted to call a tool"),
    ),
    "nothing": (stream(ended()), failures.MALFORMED_OUTPUT, "usage", "the answer is empty"),
    "no list": (response('{"object": "response", "output": 7}'), failures.MALFORMED_OUTPUT, "reservation", "is empty"),
    "cancelled": (
        stream(delta("output_text", "{"), ended("cancelled")),
        *(failures.OVERLOADED, "usage", "the answer broke off with 'cancelled'"),
    ),
    "a refusal at the end alone": (
        stream(ended(output=[{"type": "message", "content": [{"type": "refusal", "refusal": "I cannot."}]}])),
        *(failures.REFUSED, "usage", "the model refused: I cannot."),
    ),
    "an error that says what it is by its type": (
        stream({"type": "error", "error": {"type": "invalid_request_error", "message": "no such thing"}}),
        *(failures.INVALID_REQUEST, "none", "no such thing"),
    ),
    "too little": (
        response('{"error": {"message": "too few", "param": "reasoning.effort"}}', status="400 No"),
        *(failures.INVALID_REQUEST, "none", "400: too few"),
    ),
}


@pytest.mark.parametrize(("played", "kind", "charge", "words"), NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_what_is_no_answer(played: bytes, kind: str, charge: str, words: str) -> None:
    with pytest.raises(ProviderFailure) as caught:
        await asked(played, schema_text=SCHEMA)
    assert (caught.value.kind, caught.value.charge) == (kind, charge)
    assert words in caught.value.message


def test_a_conversation_with_calls_and_a_picture() -> None:
    function = {"name": "look", "arguments": '{"at": 1}'}
    chat = {
        "model": "m",
        "max_tokens": 9,
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": "data:x"}}],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "blue"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
        "response_format": {"type": "json_object"},
    }
    assert as_response(chat) == {
        "model": "m",
        "store": False,
        "max_output_tokens": 9,
        "input": [
            {
                "role": "user",
                "content": [{"type": "input_text", "text": "?"}, {"type": "input_image", "image_url": "data:x"}],
            },
            {"type": "function_call", "call_id": "c1", **function},
            {"type": "function_call_output", "call_id": "c1", "output": "blue"},
        ],
        "tools": [{"type": "function", "strict": False, "name": "look", "parameters": {"type": "object"}}],
        "text": {"format": {"type": "json_object"}},
    }


def taken(*parts: Any) -> Responded:
    answer = Responded()
    for part in parts:
        answer.take(part)
    return answer


def item(**more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": "c-1", "name": "find", "arguments": "{}", **more}


def done(told: Any, index: Any = 0) -> dict[str, Any]:
    return {"type": "response.output_item.done", "item": told, "output_index": index}


@pytest.mark.parametrize("kind", ["reasoning_summary_text", "reasoning_text"])
def test_what_was_thought_is_known_and_is_no_answer(kind: str) -> None:
    answer = taken(delta(kind, "Hm."))
    assert (answer.reasoned, answer.thought, answer.text, answer.length) == (True, len('"Hm."'), "", 0)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "response.created", "response": {"status": "in_progress"}},
        {"type": "response.output_text.done", "text": "Hm."},
        {"type": "response.unknown.delta", "delta": "Hm."},
        delta("output_text", ""),
        done(None),
        done({"type": "message", "content": [{"text": "Hm."}]}),
        {"delta": "Hm."},
        {},
    ],
    ids=str,
)
def test_what_a_chat_does_not_tell_says_nothing(part: dict[str, Any]) -> None:
    answer = taken(part)
    assert (answer.text, answer.length, answer.calls, answer.finish) == ("", 0, {}, "")


@pytest.mark.parametrize("part", [None, 7, [], "x"])
def test_a_piece_of_a_response_is_an_object(part: Any) -> None:
    with pytest.raises(Damaged):
        taken(part)
    assert taken([delta("output_text", "hi")]).text == "hi", "also where it stands in a list"
    assert taken({"choices": [{"delta": {"content": "hi"}}]}).text == "hi", "as a chat tells it"


def test_calls_stand_where_they_say_and_the_first_where_nothing_is_said() -> None:
    answer = taken(done(item(), 2), done(item(call_id="c-2", name="look"), None))
    told = {place: (call.id, call.name, call.arguments) for place, call in answer.calls.items()}
    assert told == {2: ("c-1", "find", "{}"), 0: ("c-2", "look", "{}")}
    whole = taken({"object": "response", "status": "completed", "output": [None, {"type": "reasoning"}, item()]})
    assert [(place, call.name) for place, call in whole.calls.items()] == [(2, "find")]
    assert whole.reasoned
    assert taken(ended(output=[item()]), ended(output=[item()])).calls[0].arguments == "{}", "once"


@pytest.mark.parametrize(
    ("response", "finish"),
    [
        ({"status": "completed"}, "stop"),
        ({"status": None}, "stop"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
        ({"status": "incomplete", "incomplete_details": None}, "length"),
        ({"status": "incomplete"}, "length"),
    ],
    ids=str,
)
def test_why_it_ended(response: dict[str, Any], finish: str) -> None:
    for part in {"object": "response", **response}, {"type": "response.completed", "response": response}:
        assert taken(part).finish == finish
    told = taken({"object": "response", "usage": USAGE, "model": "m-1", **response})
    assert told.usage is not None
    assert (told.usage.output_tokens, told.model) == (5, "m-1")


def test_an_end_that_tells_nothing_says_not_why() -> None:
    assert taken({"type": "response.completed", "response": None}) == Responded()
    assert taken({"type": "response.completed"}) == Responded()


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ({"type": "error", "error": {"code": 1}}, {"code": 1}),
        ({"type": "error", "message": "no", "code": 2}, {"message": "no", "code": 2, "param": None}),
        ({"type": "unknown", "error": {"code": 3}}, {"code": 3}),
        (ended("failed"), {"message": "the response failed", "code": "server_error"}),
        (ended("failed", error={"code": 4}), {"code": 4}),
        (ended("completed", error={"code": 5}), {"code": 5}),
        (ended("failed")["response"], {"message": "the response failed", "code": "server_error"}),
    ],
    ids=str,
)
def test_an_error_wherever_it_stands(part: dict[str, Any], error: dict[str, Any]) -> None:
    for before, begun in ([], False), ([delta("output_text", "x")], True):
        answer = taken(*before)
        with pytest.raises(ToldError) as caught:
            answer.take(part)
        assert (caught.value.error, caught.value.begun) == (error, begun)
        assert (answer.usage is not None) is ("usage" in part or "response" in part), "what was used is known"


@pytest.mark.parametrize(
    ("content", "text", "refusal"),
    [
        ([{"text": "h"}, None, {"text": "i"}], "hi", ""),
        ([{"refusal": "no"}, {"text": 7}], "", "no"),
        (None, "", ""),
    ],
)
def test_a_message_of_a_whole_one(content: Any, text: str, refusal: str) -> None:
    answer = taken(
        {"object": "response", "output": [{"type": "message", "content": content}, {"content": [{"text": "x"}]}]}
    )
    assert (answer.text, answer.refusal) == (text, refusal)


@pytest.mark.parametrize(
    ("said", "has"),
    [
        ({"max_tokens": 7}, {"max_output_tokens": 7}),
        ({"max_completion_tokens": 7, "max_tokens": 8}, {"max_output_tokens": 7}),
        ({"max_tokens": 7, "temperature": 0, "stream": False}, {"temperature": 0, "stream": False}),
        ({"max_tokens": 7, "reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}),
    ],
)
def test_what_of_a_chat_a_response_says_too(said: dict[str, Any], has: dict[str, Any]) -> None:
    sent = as_response({"model": "m", "messages": [{"role": "user", "content": ""}], "seed": 7, **said})
    assert {name: sent[name] for name in has} == has
    assert sent["input"] == []
    assert sent["store"] is False
    assert "seed" not in sent
