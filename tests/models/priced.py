"""The names of models for which `genai-prices` has a price of texts, as `dsl/models/models.json` lists them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
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
    found = set()
    for model in _models():
        found.add(model.id)
        for clause in _clauses(model.match):
            if isinstance(clause, types.ClauseEquals):
                found.add(clause.equals)
            elif isinstance(clause, types.ClauseStartsWith):
                found.add(clause.starts_with)
    return sorted({name.lower().rstrip("-@:.") for name in found} - {""})


def _list(lines: list[str]) -> str:
    return "[\n    " + ",\n    ".join(lines) + "\n  ]"


def _models() -> Iterator[Any]:
    for provider in get_snapshot().providers:
        for model in provider.models:
            prices = model.get_prices(datetime(2026, 11, 1, tzinfo=UTC))
            if prices.input_mtok is not None and prices.output_mtok is not None:
                yield model


def _clauses(clause: Any) -> Iterator[Any]:
    """All of which one is enough."""
    if isinstance(clause, types.ClauseOr):
        for each in clause.or_:
            yield from _clauses(each)
    else:
        yield clause
