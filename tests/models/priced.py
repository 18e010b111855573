"""The models for which `genai-prices` has a price of texts: their names, as `dsl/models/models.json` lists them, and
what they cost at least, as `dsl/models/prices.json` does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from genai_prices import types
from genai_prices.data_snapshot import get_snapshot

A_LINE = 6


def text(table: dict[str, Any]) -> str:
    """The table as it stands in its file, with the names of today's `genai-prices`."""
    names = [json.dumps(name) for name in priced()]
    lines = [", ".join(names[start : start + A_LINE]) for start in range(0, len(names), A_LINE)]
    parts = [f'"{name}": {json.dumps(table[name])}' for name in ("strict", "batch")]
    parts += [f'"{part}": {_list([json.dumps(row) for row in table[part]])}' for part in ("models", "servers")]
    parts.append(f'"priced": {_list(lines)}')
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def priced() -> list[str]:
    return sorted({name for model, _ in _models() for name in _names(model)})


def least_prices() -> str:
    """The table of prices as it stands in its file: by name the least that anybody takes for a prompt and an answer."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for model, prices in _models():
        each = _least(prices.input_mtok), _least(prices.output_mtok)
        for name in _names(model):
            known = found.get(name, each)
            found[name] = min(known[0], each[0]), min(known[1], each[1])
    rows = [f"{json.dumps(name)}: {json.dumps([str(part) for part in found[name]])}" for name in sorted(found)]
    return "{\n  " + ",\n  ".join(rows) + "\n}\n"


def _names(model: Any) -> set[str]:
    found = {model.id}
    for clause in _clauses(model.match):
        if isinstance(clause, types.ClauseEquals):
            found.add(clause.equals)
        elif isinstance(clause, types.ClauseStartsWith):
            found.add(clause.starts_with)
    return {name.lower().rstrip("-@:.") for name in found} - {""}


def _least(price: Any) -> Decimal:
    return price if isinstance(price, Decimal) else min(price.base, *(tier.price for tier in price.tiers))


def _list(lines: list[str]) -> str:
    return "[\n    " + ",\n    ".join(lines) + "\n  ]"


def _models() -> Iterator[tuple[Any, Any]]:
    for provider in get_snapshot().providers:
        for model in provider.models:
            prices = model.get_prices(datetime(2026, 11, 1, tzinfo=UTC))
            if prices.input_mtok is not None and prices.output_mtok is not None:
                yield model, prices


def _clauses(clause: Any) -> Iterator[Any]:
    """All of which one is enough."""
    if isinstance(clause, types.ClauseOr):
        for each in clause.or_:
            yield from _clauses(each)
    else:
        yield clause
