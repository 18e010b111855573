"""What models cost: as people say, or as `genai-prices` does; pinned in a run's input when it is submitted."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from dsl.models.configured import TABLE, Models
from interpreter.boundary.payloads import Price

if TYPE_CHECKING:
    from genai_prices.types import TieredPrices

_MILLION = 1_000_000
TRAINS_FURTHER = "openai"


def resolve_prices(models: Iterable[str], known: Models = TABLE) -> dict[str, Price]:
    """The price of one token for each model that is known; a model that is not known is absent."""
    found = {model: _said(model, known) or _price(known.priced_as(model)) for model in models}
    return {model: price for model, price in found.items() if price is not None}


def _said(model: str, known: Models) -> Price | None:
    said = known.price(model)
    return None if said is None else Price(*(None if part is None else _for_one(part) for part in said))  # type: ignore[arg-type]


def _price(model: str) -> Price | None:
    # Importing genai-prices takes 0.4 s: only who submits a run with a model in it pays for that.
    from genai_prices.data_snapshot import get_snapshot

    provider, _, name = model.rpartition("/")
    try:
        # Of a name that says that a model was trained further, the snapshot does not know by itself whose it is.
        whose = provider or (TRAINS_FURTHER if name.startswith("ft:") else None)
        _, known = get_snapshot().find_provider_model(name, None, whose, None)
    except LookupError:
        return None
    prices = known.get_prices(datetime.now(UTC))
    if prices.input_mtok is None or prices.output_mtok is None:
        return None
    cached, written = (
        None if price is None else _for_one(price) for price in (prices.cache_read_mtok, prices.cache_write_mtok)
    )
    return Price(_for_one(prices.input_mtok), _for_one(prices.output_mtok), cached, written)


def _for_one(price: "Decimal | TieredPrices") -> str:
    """Where the price rises with the length of the prompt, the highest: a budget must hold in each case."""
    highest = price if isinstance(price, Decimal) else max(price.base, *(tier.price for tier in price.tiers))
    return format((highest / _MILLION).normalize(), "f")
