"""What servers report of tokens, under their names for it, and what of that can be true."""

from typing import Any

import pytest

from interpreter.boundary.payloads import ChatUsage
from interpreter.providers.openai_usage import told_usage
from interpreter.providers.provider import believable
from tests.providers.test_openai_oddities import chat, chunk, stream

CHAT = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}

TOLD: dict[str, tuple[dict[str, Any], ChatUsage | None]] = {
    "plain": (CHAT, ChatUsage(100, 20)),
    "cached": ({**CHAT, "prompt_tokens_details": {"cached_tokens": 64}}, ChatUsage(100, 20, 64)),
    "written": (
        {**CHAT, "prompt_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 36}},
        ChatUsage(100, 20, 64, 36),
    ),
    "reasoned": ({**CHAT, "completion_tokens_details": {"reasoning_tokens": 15}}, ChatUsage(100, 20, 0, 0, 15)),
    "deepseek": ({**CHAT, "prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36}, ChatUsage(100, 20, 64)),
    "kimi": ({**CHAT, "cached_tokens": 64}, ChatUsage(100, 20, 64)),
    "grok counts its reasoning beside the answer": (
        {**CHAT, "total_tokens": 150, "completion_tokens_details": {"reasoning_tokens": 30}},
        ChatUsage(100, 50, 0, 0, 30),
    ),
    "gemini tells it by the total alone": ({**CHAT, "total_tokens": 914}, ChatUsage(100, 814)),
    "a total that is too small": ({**CHAT, "total_tokens": 3}, ChatUsage(100, 20)),
    "responses": (
        {
            "input_tokens": 100,
            "output_tokens": 20,
            "total_tokens": 120,
            "input_tokens_details": {"cached_tokens": 64},
            "output_tokens_details": {"reasoning_tokens": 8},
        },
        ChatUsage(100, 20, 64, 0, 8),
    ),
    "more from the cache than was sent": ({**CHAT, "cached_tokens": 101}, ChatUsage(100, 20)),
    "details that are none": (
        {**CHAT, "prompt_tokens_details": [1], "completion_tokens_details": None},
        ChatUsage(100, 20),
    ),
    "nothing of the answer": ({"prompt_tokens": 100}, None),
    "below nothing": ({**CHAT, "completion_tokens": -1, "total_tokens": None}, None),
}


@pytest.mark.parametrize(("report", "usage"), TOLD.values(), ids=TOLD)
def test_what_is_reported(report: dict[str, Any], usage: ChatUsage | None) -> None:
    assert told_usage(report) == usage


def test_what_cannot_be_true_of_the_parts_is_not_believed() -> None:
    assert believable(ChatUsage(10, 5, 6, 5, 9)) == ChatUsage(10, 5, 0, 0, 5)
    assert believable(ChatUsage(10, 5, -1, 5, -1)) == ChatUsage(10, 5, 0, 5, 0)


async def test_it_comes_with_the_answer() -> None:
    usage = {**CHAT, "prompt_tokens_details": {"cached_tokens": 64}}
    result, _ = await chat(stream(chunk(content="Hi"), chunk(finish="stop"), chunk(usage=usage)))
    assert result.usage == ChatUsage(100, 20, 64)
