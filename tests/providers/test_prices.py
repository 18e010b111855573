"""Prices come from the snapshot that ships with the package: known models have one, others are absent."""

from decimal import Decimal

import pytest

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.providers.prices import resolve_prices
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.registry import provider_from_environment
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.providers.routing import Routed


def test_a_known_model_has_the_price_of_one_token_and_an_unknown_one_is_absent() -> None:
    assert resolve_prices(["gpt-4o", "no-such-model"]) == {"gpt-4o": Price("0.0000025", "0.00001", "0.00000125")}


def test_a_model_may_name_its_provider() -> None:
    assert resolve_prices(["openai/gpt-4o"])["openai/gpt-4o"] == resolve_prices(["gpt-4o"])["gpt-4o"]


def test_where_the_price_rises_with_the_prompt_the_highest_counts() -> None:
    price = resolve_prices(["claude-sonnet-4-5"])["claude-sonnet-4-5"]
    assert Decimal(price.input) == Decimal("0.000006")
    assert (price.cached, price.cache_write) == ("0.0000006", "0.0000075")


async def test_without_a_key_nobody_is_asked_and_a_rehearsal_is_asked_for() -> None:
    with pytest.raises(ProviderFailure, match="no OPENAI_API_KEY"):
        await provider_from_environment(environment={}).chat(ChatRequest("a", "m", "p"))
    for key in ({}, {"OPENAI_API_KEY": "k"}):
        assert isinstance(provider_from_environment(rehearse=True, environment=key), RehearsalProvider)


async def test_with_a_key_it_is_the_api() -> None:
    provider = provider_from_environment(
        environment={"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    )
    assert isinstance(provider, Routed)
    assert type(provider.providers[None]).__name__ == "OpenAIProvider"
    await provider.close()
