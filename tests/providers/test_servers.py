"""What servers send that is odd, or broken: `servers.yaml` says it word for word, and what comes of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.access import Access
from interpreter.providers.openai import OpenAIProvider
from interpreter.providers.provider import ProviderFailure
from tests.providers.test_openai_answers import SAID, SCHEMA, STOP, WHOLE
from tests.providers.test_openai_oddities import playing
from tests.yaml_files import read

CASES: dict[str, dict[str, Any]] = read(Path(__file__).with_name("servers.yaml"))


def sent(case: dict[str, Any]) -> bytes:
    if "body" in case:
        text = case["body"]
    else:
        end = case.get("end", "\n") if "lines" in case else "\n\n"
        text = "".join(f"{line}{end}" for line in case.get("lines") or case["events"])
    text = text.replace("$SAID", SAID).replace("$STOP", STOP).replace("$LONG", "0" * 800_000)
    data = text.encode() * case.get("times", 1)
    headers = {"Content-Length": len(data) + case.get("longer", 0), **case.get("headers", {})}
    lines = [f"HTTP/1.1 {case.get('status', 200)} Word", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


async def asked(provider: OpenAIProvider) -> ChatResult | ProviderFailure:
    try:
        return await provider.chat(ChatRequest("a", "m", "Sort.", schema_text=SCHEMA))
    except ProviderFailure as failure:
        return failure


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_comes_of_what_a_server_sends(case: dict[str, Any]) -> None:
    async with playing(sent(case)) as (player, provider):
        came = await asyncio.wait_for(asked(provider), 30)
    if isinstance(came, ProviderFailure):
        assert [came.kind, came.charge] == case["comes"]
        assert case.get("words", "") in came.message
        assert len(json.dumps(came.detail)) + len(came.message) < case.get("most", 1200)
        came.message.encode()
    else:
        assert came.text == (WHOLE if case["comes"] == "$ANSWER" else case["comes"])
        used = [came.usage.input_tokens, came.usage.output_tokens]
        assert used == case.get("usage", used)
    assert len(player.asked) == 1


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 no\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"\x15\x03\x01\0\2\2F\r\n\r\n"], ids=["http", "ssh", "tls"]
)
async def test_what_speaks_no_http_is_not_asked_again(said: bytes) -> None:
    async with playing(said) as (_, provider):
        with pytest.raises(ProviderFailure) as caught:
            await provider.chat(ChatRequest("a", "m", "Sort."))
    assert (caught.value.kind, caught.value.charge) == ("InvalidRequest", "none")
    assert "what answers there does not speak http; asked at http://" in caught.value.message


async def test_what_follows_a_question_mark_in_the_address_is_said_with_each_request() -> None:
    async with playing(sent({"status": 401, "body": "no version-secret"})) as (player, provider):
        address = f"{provider._access.address}?api-version=version-secret#end"
        asking = OpenAIProvider(Access("test-key", address), silence=5)
        with pytest.raises(ProviderFailure) as caught:
            await asking.chat(ChatRequest("a", "m", "Sort."))
        await asking.close()
    assert player.heads[0].startswith("POST /v1/chat/completions?api-version=version-secret HTTP/1.1\r\n")
    assert "version-secret" not in caught.value.message
