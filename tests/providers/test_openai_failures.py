"""Every way in which the API fails, against a real server over sockets, and what it means for the next attempt."""

from collections.abc import Callable

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Reply

from interpreter.boundary import failures
from interpreter.boundary.payloads import ChatRequest, ChatUsage
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import ProviderFailure

SCHEMA = {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]}


def request(**changes: object) -> ChatRequest:
    return ChatRequest(**{"agent": "triage", "model": "gpt-4o-mini", "prompt": "Sort this.", **changes})  # type: ignore[arg-type]


async def failure(base_url: str, asked: ChatRequest, silence: float = 5.0) -> ProviderFailure:
    provider = OpenAIProvider(Access("test-key", base_url), silence=silence)
    try:
        with pytest.raises(ProviderFailure) as caught:
            await provider.chat(asked)
    finally:
        await provider.close()
    return caught.value


REFUSALS: list[tuple[int, str | None, str, str]] = [
    (429, None, failures.RATE_LIMITED, "none"),
    (429, "insufficient_quota", failures.QUOTA_EXCEEDED, "none"),
    (401, None, failures.AUTHENTICATION, "none"),
    (403, None, failures.AUTHENTICATION, "none"),
    (400, None, failures.INVALID_REQUEST, "none"),
    (400, "context_length_exceeded", failures.INVALID_REQUEST, "none"),
    (400, "content_filter", failures.CONTENT_FILTERED, "none"),
    (404, None, failures.INVALID_REQUEST, "none"),
    (422, None, failures.INVALID_REQUEST, "none"),
    (500, None, failures.OVERLOADED, "reservation"),
    (503, None, failures.OVERLOADED, "none"),
    (529, None, failures.OVERLOADED, "none"),
]


@pytest.mark.parametrize(("status", "code", "kind", "charge"), REFUSALS)
async def test_a_refusal_by_status(llmock: LLMock, status: int, code: str | None, kind: str, charge: str) -> None:
    llmock.fail(status, code=code, message="no luck")
    found = await failure(llmock.base_url(), request())
    assert (found.kind, found.charge, found.usage) == (kind, charge, None)
    assert str(status) in found.message
    assert "no luck" in found.message
    assert len(llmock.requests) == 1, "the client itself must not try again"


async def test_a_rate_limit_says_how_long_to_wait(llmock: LLMock) -> None:
    llmock.rate_limit(retry_after=7)
    assert (await failure(llmock.base_url(), request())).retry_after == 7


async def test_what_a_server_does_not_take_is_named(llmock: LLMock) -> None:
    llmock.fail(400, message="Invalid parameter: 'response_format' of type 'json_schema' is not supported")
    found = await failure(llmock.base_url(), request(schema=SCHEMA))
    assert found.kind == failures.INVALID_REQUEST
    assert found.refuses == ("json_schema",)


STREAM_FAULTS: dict[str, tuple[Callable[[LLMock], LLMock], str]] = {
    "ends early": (lambda server: server.truncate(after_chunks=1), failures.CONNECTION_FAILED),
    "breaks off": (lambda server: server.disconnect(after_chunks=1), failures.CONNECTION_FAILED),
    "corrupt chunk": (lambda server: server.corrupt(after_chunks=1), failures.CONNECTION_FAILED),
    "falls silent": (lambda server: server.stall(after_chunks=1, seconds=2), failures.MODEL_TIMEOUT),
    "never begins": (lambda server: server.delay(2), failures.MODEL_TIMEOUT),
}


@pytest.mark.parametrize(("fault", "kind"), STREAM_FAULTS.values(), ids=STREAM_FAULTS)
async def test_a_broken_stream_is_charged_in_full(llmock: LLMock, fault: Callable[[LLMock], LLMock], kind: str) -> None:
    fault(llmock)
    silence = 0.3 if kind == failures.MODEL_TIMEOUT else 20
    found = await failure(llmock.base_url(), request(schema=SCHEMA), silence=silence)
    assert (found.kind, found.charge) == (kind, "reservation")


CUT_OFF: list[tuple[str, str, str]] = [
    ("length", '{"reason": "because the', failures.MALFORMED_OUTPUT),
    ("content_filter", '{"reason": "', failures.CONTENT_FILTERED),
    ("stop", "", failures.MALFORMED_OUTPUT),
    ("tool_calls", " ", failures.MALFORMED_OUTPUT),
]


@pytest.mark.parametrize(("finish", "text", "kind"), CUT_OFF, ids=[f"{case[0]} {case[1][:12]}" for case in CUT_OFF])
async def test_an_answer_that_cannot_be_used_is_charged_as_reported(
    llmock: LLMock, finish: str, text: str, kind: str
) -> None:
    llmock.add(Reply(text=text, finish_reason=finish))
    found = await failure(llmock.base_url(), request(schema=SCHEMA))
    assert (found.kind, found.charge) == (kind, "usage")
    assert isinstance(found.usage, ChatUsage)
    assert found.usage.output_tokens > 0


async def test_a_request_that_never_left_costs_nothing(unused_tcp_port: int) -> None:
    found = await failure(f"http://127.0.0.1:{unused_tcp_port}/v1", request())
    assert (found.kind, found.charge) == (failures.CONNECTION_FAILED, "none")
