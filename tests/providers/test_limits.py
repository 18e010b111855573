"""How long an answer of a model can be: of known models what a table of limits says, of others nothing."""

import pytest

from interpreter.providers.limits import resolve_max_output


@pytest.mark.parametrize(
    ("model", "most"),
    [
        ("gpt-4o", 16_384),
        ("openai/gpt-4o", 16_384),
        ("gpt-4o-2024-05-13", 4_096),
        ("gpt-4o-mini-2024-07-18", 16_384),
        ("gpt-4.1-nano", 32_768),
        ("gpt-5-mini", 128_000),
        ("gpt-5-chat-latest", 16_384),
        ("o3-mini", 100_000),
        ("o1", 100_000),
        ("o1-mini", 65_536),
        ("claude-3-haiku-20240307", 4_096),
        ("claude-3-5-sonnet-latest", 8_192),
        ("anthropic/claude-opus-4-1-20250805", 32_000),
        ("claude-opus-4-20250514", 32_000),
        ("claude-opus-4-5-20251101", 64_000),
        ("claude-sonnet-4-20250514", 64_000),
        ("claude-3-5-sonnet-20240620", 4_096),
        ("claude-sonnet-5-5", 128_000),
        ("gpt-6.1-sol", 128_000),
        ("Gemini-2.5-Flash", 65_535),
        ("gemini-3.5-flash", 65_536),
    ],
)
def test_a_known_model(model: str, most: int) -> None:
    assert resolve_max_output([model]) == {model: most}


@pytest.mark.parametrize(
    "model", ["m1", "my-gpt-4o", "llama3", "o2", "o1-preview", "gpt-4.5-preview", "gemini-1.5-pro", "", "/", "gpt"]
)
def test_a_model_that_is_not_known_is_absent(model: str) -> None:
    assert resolve_max_output([model]) == {}
