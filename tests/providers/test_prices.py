"""Prices come from the snapshot that ships with the package: known models have one, others are absent."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

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


class Snapshot:
    """That knows one model, with these prices of a million tokens."""

    def __init__(self, **prices: Any) -> None:
        parts = dict.fromkeys(("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok"))
        self._known = SimpleNamespace(get_prices=lambda _: SimpleNamespace(**{**parts, **prices}))
        self.asked: list[tuple[Any, ...]] = []

    def find_provider_model(self, *asked: Any) -> tuple[None, Any]:
        self.asked.append(asked)
        if "unknown" in asked:
            raise LookupError
        return None, self._known


@pytest.mark.parametrize(
    ("prices", "price"),
    [
        ({"input_mtok": Decimal(2), "output_mtok": Decimal("0.5")}, Price("0.000002", "0.0000005")),
        ({"input_mtok": Decimal(0), "output_mtok": Decimal(10)}, Price("0", "0.00001")),
        ({"input_mtok": Decimal(2)}, None),
        ({"output_mtok": Decimal(2)}, None),
        (
            {"input_mtok": Decimal(2), "output_mtok": Decimal(3), "cache_read_mtok": Decimal(1)},
            Price("0.000002", "0.000003", "0.000001"),
        ),
        (
            {"input_mtok": Decimal(2), "output_mtok": Decimal(3), "cache_write_mtok": Decimal(4)},
            Price("0.000002", "0.000003", None, "0.000004"),
        ),
        (
            {
                "input_mtok": SimpleNamespace(
                    base=Decimal(2), tiers=[SimpleNamespace(price=each) for each in (Decimal(5), Decimal(4))]
                )
            }
            | {"output_mtok": SimpleNamespace(base=Decimal(9), tiers=[SimpleNamespace(price=Decimal(4))])},
            Price("0.000005", "0.000009"),
        ),
    ],
    ids=str,
)
def test_a_price_has_both_sides_and_what_else_is_known(
    monkeypatch: pytest.MonkeyPatch, prices: dict[str, Any], price: Price | None
) -> None:
    snapshot = Snapshot(**prices)
    monkeypatch.setattr("genai_prices.data_snapshot.get_snapshot", lambda: snapshot)
    assert resolve_prices(["ours/x", "unknown"]) == ({} if price is None else {"ours/x": price})


@pytest.mark.parametrize(
    ("model", "name", "whose"),
    [
        ("gpt-x", "gpt-x", None),
        ("ours/gpt-x", "gpt-x", "ours"),
        ("a/b/c", "c", "a/b"),
        ("ft:gpt-x:me", "ft:gpt-x:me", "openai"),
        ("ours/ft:gpt-x", "ft:gpt-x", "ours"),
    ],
)
def test_whose_a_model_is(monkeypatch: pytest.MonkeyPatch, model: str, name: str, whose: str | None) -> None:
    snapshot = Snapshot()
    monkeypatch.setattr("genai_prices.data_snapshot.get_snapshot", lambda: snapshot)
    assert resolve_prices([model]) == {}
    assert snapshot.asked == [(name, None, whose, None)]
