"""Answers of servers that are a little different, played word for word over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.openai_failures import retry_after
from interpreter.providers.provider import FRAMING_TOKENS, ProviderFailure


class Player:
    """Answers every request with one recorded response, and keeps what was asked."""

    def __init__(self, response: bytes) -> None:
        self._response = response
        self.asked: list[dict[str, Any]] = []
        self.heads: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        head = head.lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        self.asked.append(json.loads(await reader.readexactly(length)))
        writer.write(self._response)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def playing(response: bytes) -> AsyncIterator[tuple[Player, OpenAIProvider]]:
    player = Player(response)
    server = await asyncio.start_server(player.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    provider = OpenAIProvider(Access("test-key", f"http://127.0.0.1:{port}/v1"), silence=5)
    async with server:
        yield player, provider
        await provider.close()


def stream(*chunks: object) -> bytes:
    events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(events)}\r\n\r\n{events}".encode()
    )


def refused(status: str, body: object, *headers: str) -> bytes:
    text = json.dumps(body)
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(text)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


def chunk(finish: str | None = None, usage: dict[str, int] | None = None, **delta: object) -> dict[str, Any]:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}] if delta or finish else []
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        "usage": usage,
    }


USAGE = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}


async def chat(response: bytes, **changes: object) -> tuple[ChatResult, dict[str, Any]]:
    request = ChatRequest(**{"agent": "my agent", "model": "m", "prompt": "Sort.", **changes})  # type: ignore[arg-type]
    async with playing(response) as (player, provider):
        return await provider.chat(request), player.asked[0]


async def failure(response: bytes, **changes: object) -> ProviderFailure:
    with pytest.raises(ProviderFailure) as caught:
        await chat(response, **changes)
    return caught.value


async def test_what_is_asked_and_what_comes_back() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    pieces = stream(chunk(content='{"a": '), chunk(content='"x"}'), chunk(finish="stop"), chunk(usage=USAGE))
    result, asked = await chat(
        pieces, schema=schema, instructions="Be brief.", feedback="a is missing", temperature=0.5, max_output_tokens=77
    )
    assert result == ChatResult(None, ChatUsage(11, 5), "m", rehearsal=False, text='{"a": "x"}')
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert "a is missing" in asked["messages"][1]["content"]
    assert (asked["temperature"], asked["max_completion_tokens"]) == (0.5, 77)
    assert asked["response_format"]["json_schema"]["name"] == "my_agent"
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert asked["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
async def test_a_redirect_is_not_followed(status: str) -> None:
    """What is asked goes where the address says: not on to another host, nor without what was asked."""
    async with playing(stream(chunk(content="no"), chunk(finish="stop"))) as (elsewhere, provider):
        there = provider._access.address
        found = await failure(refused(status, {}, f"Location: {there}/chat?key=test-key"))
        assert elsewhere.heads == []
    assert (found.kind, found.charge) == (failures.INVALID_REQUEST, "none")
    assert f", to {there}/chat, where it is not followed; asked at " in found.message
    assert "test-key" not in found.message


async def test_a_server_that_speaks_no_tls_is_not_asked_again() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(refused("400 Bad Request", {}))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        provider = OpenAIProvider(Access("test-key", f"https://127.0.0.1:{port}/v1"), silence=5)
        with pytest.raises(ProviderFailure) as caught:
            await provider.chat(ChatRequest("a", "m", "Sort."))
        await provider.close()
    assert (caught.value.kind, caught.value.charge) == (failures.INVALID_REQUEST, "none")
    assert "what answers there does not speak https; asked at https://" in caught.value.message


async def test_plain_text_without_a_schema_and_usage_at_most_when_none_is_reported() -> None:
    result, asked = await chat(stream(chunk(content="Grüße"), chunk(finish="stop")))
    assert result.output == "Grüße"
    assert result.usage == ChatUsage(FRAMING_TOKENS + len("Sort."), len("Grüße".encode()))
    assert "response_format" not in asked
    assert "temperature" not in asked


async def test_a_refusal_is_told_with_the_models_words_and_its_usage() -> None:
    found = await failure(stream(chunk(refusal="I cannot "), chunk(refusal="do that."), chunk("stop", USAGE)))
    assert (found.kind, found.usage) == (failures.REFUSED, ChatUsage(11, 5))
    assert found.message == "the model refused: I cannot do that."


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "busy", "type": "server_error"}, failures.OVERLOADED),
        ({"message": "slow down", "code": "rate_limit_exceeded"}, failures.RATE_LIMITED),
        ({"message": "no money", "code": "insufficient_quota"}, failures.QUOTA_EXCEEDED),
    ],
)
async def test_an_error_inside_a_stream(error: dict[str, str], kind: str) -> None:
    found = await failure(stream(chunk(content="x"), {"error": error}))
    assert (found.kind, found.charge) == (kind, "reservation")
    assert error["message"] in found.message


async def test_a_page_that_is_no_stream_is_no_answer() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
    found = await failure(page)
    assert (found.kind, found.charge) == (failures.INVALID_REQUEST, "none")
    assert "asked at http://127.0.0.1:" in found.message
    assert "OPENAI_BASE_URL" in found.message


async def test_retry_after_on_an_overloaded_server_as_a_date() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    answer = refused("503 Busy", {"error": {"message": "busy"}}, f"Retry-After: {in_an_hour}")
    found = await failure(answer)
    assert found.kind == failures.OVERLOADED
    assert isinstance(found.retry_after, float)
    assert 0 < found.retry_after <= 3600


@pytest.mark.parametrize("number", [-5, 12.5, 1e308, "many", 10**12, None, [7]])
async def test_a_usage_that_cannot_be_true_is_none(number: object) -> None:
    odd = {"prompt_tokens": 11, "completion_tokens": number, "total_tokens": 16}
    result, _ = await chat(stream(chunk(content="Grüße"), chunk(finish="stop"), chunk(usage=odd)))  # type: ignore[arg-type]
    assert result.usage == ChatUsage(FRAMING_TOKENS + len("Sort."), len("Grüße".encode()))
    found = await failure(stream(chunk(refusal="no"), chunk("stop", odd)))  # type: ignore[arg-type]
    assert (found.charge, found.usage) == ("reservation", None)


NOW = datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "3", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sat, 21 Nov 2026 09:00:30 GMT"}, 30.0),
        ({"retry-after": "Sat, 21 Nov 2026 08:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "7200"}, 7200.0),
        ({"retry-after": "soon", "retry-after-ms": "never"}, None),
        # what cannot be is handed on as it was told
        ({"retry-after": "nan"}, "nan"),
        ({"retry-after": "-1"}, "-1"),
        ({"retry-after": "inf"}, "inf"),
        ({"retry-after": "1e308"}, "1e308"),
        ({"retry-after": "9" * 5000}, "9" * 40),
        ({"retry-after": "1795251600"}, "1795251600"),
        ({"retry-after-ms": "-250", "retry-after": "3"}, "-250"),
        ({"retry-after": "Fri, 31 Dec 2100 23:59:59 GMT"}, "Fri, 31 Dec 2100 23:59:59 GMT"),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
    ],
)
async def test_every_form_of_retry_after(headers: dict[str, str], seconds: float | str | None) -> None:
    assert retry_after(headers, NOW) == seconds
