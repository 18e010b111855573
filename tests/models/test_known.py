"""The table of models: its names are those that `genai-prices` has a price for, and what it refuses can be refused."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.models import known
from dsl.models.configured import REFUSABLE
from interpreter.boundary import payloads
from interpreter.providers.prices import resolve_prices
from tests.conftest import Golden
from tests.models import priced


def test_the_names_are_those_of_today(golden: Golden) -> None:
    file = Path(known.FILE)
    golden(file, priced.text(json.loads(file.read_text(encoding="utf-8"))))


def test_the_prices_are_those_of_today(golden: Golden) -> None:
    golden(Path(str(known.PRICES)), priced.least_prices())


def test_nothing_is_cheaper_than_the_least() -> None:
    """What a run is submitted with is never less than what a check counts with."""
    names = [name for name in known.names() if "/" not in name][::40]
    for name, price in resolve_prices(names).items():
        least = known.least_price(name)
        assert least is not None
        assert (Decimal(price.input) * 1_000_000, Decimal(price.output) * 1_000_000) >= least


def test_what_is_refused_has_a_name() -> None:
    table = json.loads(Path(known.FILE).read_text(encoding="utf-8"))
    assert REFUSABLE == payloads.REFUSABLE
    for row in (*table["models"], *table["servers"]):
        assert set(row.get("refuses", ())) <= set(REFUSABLE)
        assert sorted(row.get("refuses", ())) == row.get("refuses", [])
        assert ("refuses" in row or "words" in row) == bool(row.get("source")), f"{row} is from nowhere"


@pytest.mark.parametrize(
    "model", ["gpt-4o", "openai/gpt-4o", "gpt-4o-mini-2024-07-18", "claude-sonnet-4-5", "o3-mini", "gpt-4o-mimi", "m1"]
)
def test_a_model_is_known_where_its_price_is(model: str) -> None:
    assert known.is_known(model) == (model in resolve_prices([model]))


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("api.openai.com", ()),
        ("api.mistral.ai", ("max_completion_tokens", "seed", "stream_options")),
        ("localhost:11434", ("max_completion_tokens",)),
        ("127.0.0.1:8080", ("max_completion_tokens",)),
        ("api.groq.com", ("json_schema",)),
        ("generativelanguage.googleapis.com", ("seed",)),
        ("api.mistral.ai.example.com", ()),
    ],
)
def test_what_a_server_does_not_take(host: str, refused: tuple[str, ...]) -> None:
    assert known.refused_at(host) == refused


def test_azure_is_told_bounds_in_words() -> None:
    assert "pattern" in known.told_in_words_at("ours.openai.azure.com")
    assert known.told_in_words_at("api.openai.com") == frozenset()
