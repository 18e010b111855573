"""A model that says the key with which it was asked, whole or in pieces."""

import json

import pytest

from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.access import Access
from interpreter.providers.keyless import Keyless
from interpreter.providers.openai import OpenAIProvider
from tests.providers.test_openai_oddities import chunk, playing, stream

KEY = 'sk-CANARY/"0123456789'


async def test_the_key_is_in_no_answer_and_in_no_call() -> None:
    call = {"index": 0, "id": KEY, "function": {"name": "find", "arguments": json.dumps({"key": KEY})}}
    said = stream(chunk(content=f"it is {KEY[:9]}"), chunk(content=f"{KEY[9:]}."), chunk("stop", tool_calls=[call]))
    heard: list[str] = []
    async with playing(said) as (_, provider):
        asking = OpenAIProvider(Access(KEY, provider._access.address), silence=5)
        request = ChatRequest("a", "m", "Say it.", talk=Talk(tools_text="[]", messages=[{"role": "user", "text": "x"}]))
        result = await asking.chat_streamed(request, heard.append)
        await asking.close()
    assert result.text == "it is …."
    assert result.calls[0].arguments == '{"key": "…"}'
    assert "CANARY" not in str(result)
    assert "".join(heard) == "it is …."


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_what_may_be_the_beginning_of_the_key_waits(size: int) -> None:
    heard: list[str] = []
    hears = Keyless(Access(KEY), heard.append)
    text = f"sk-CANARY sk-sk-{KEY[3:]} {KEY} end"
    for place in range(0, len(text), size):
        hears(text[place : place + size])
    assert "".join(heard) == "sk-CANARY sk-… … end"


def test_a_short_key_may_be_a_word() -> None:
    assert Access("test").without_key_in_it("a test") == "a test"
