"""The table of models, `models.json`: read once, and only by who needs it.

Its rows are ours, the first that fits counts. `answer` is the most tokens of one answer, `takes` the media types of
files that it can be shown beside texts (`image/*`), `refuses` what of a request the model or the server does not take
(`interpreter.boundary.payloads.REFUSABLE`), and `words` the keywords of a JSON Schema that a server does not take, so
that they are told in words; `source` is where that was read in November 2026. A server that only ignores something
counts as one that does not take it. The numbers were compared in November 2026 with the table of limits that the
package `litellm` 1.110.2 ships; where that says several for a model, the smallest stands here, because too small an
answer can be asked for again. What is not certain is not listed: a server that refuses something says so, and is asked
again without it.

`priced` are the names that `genai-prices` has a price for, and `prices.json` has what they cost at least, for who asks
whether a budget can pay for anything; tests write both anew (`--rewrite`).
"""

import json
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from dsl.dataclass import dataclass
from dsl.regex import regex

FOLDER = os.path.dirname(__file__)
FILE = os.path.join(FOLDER, "models.json")
PRICES = os.path.join(FOLDER, "prices.json")

_VARIANT = regex(r"[-:@](latest|preview|beta|exp|free|\d{4}-?\d\d-?\d\d|\d{4}|\d{3}|v\d+(:\d+)?|ft-.*|thinking|high)$")
"""What makers add to the name of a model without making another of it."""


@dataclass(frozen=True)
class Strict:
    """How large a schema may be that an answer is held to."""

    depth: int
    values: int
    properties: int


def strict() -> Strict:
    return Strict(**_table()["strict"])


def batch_price() -> Decimal:
    """What a question costs in a batch of OpenAI's, as a share of what it costs alone."""
    return Decimal(_table()["batch"]["price"])


def most_output(model: str) -> int | None:
    """How many tokens it can answer with at most."""
    most: int | None = _row(model).get("answer")
    return most


def refused_by(model: str) -> tuple[str, ...]:
    """What of a request the model does not take."""
    return tuple(_row(model).get("refuses", ()))


def takes(model: str) -> tuple[str, ...] | None:
    """The media types of the files that it can be shown, beside texts, which any can; None where nobody knows."""
    told = _row(model).get("takes")
    return None if told is None else tuple(told)


def refused_at(host: str) -> tuple[str, ...]:
    """What of a request the server at `host` (with its port) does not take."""
    return tuple(_server(host).get("refuses", ()))


def told_in_words_at(host: str) -> frozenset[str]:
    """The keywords of a schema that the server at `host` does not take."""
    return frozenset(_server(host).get("words", ()))


def is_known(model: str) -> bool:
    """Whether a price is known for it, whatever its maker adds to the name."""
    return any(map(_priced_name, {model.lower(), _alone(model)}))


def has_price(model: str) -> bool:
    """Whether what it costs is known. One that was trained further costs more than its base."""
    return any(map(_own_priced_name, {model.lower(), _alone(model)}))


def least_price(model: str) -> tuple[Decimal, Decimal] | None:
    """The least that anybody takes for a million tokens of a prompt, and of an answer, in usd; None where no price is
    known. A run is submitted with the price of its provider."""
    name = next(filter(None, map(_priced_name, (model.lower(), _alone(model)))), None)
    if name is None:
        return None
    prompt, answer = _prices()[name]
    return Decimal(prompt), Decimal(answer)


def names() -> tuple[str, ...]:
    """Those that can be meant."""
    return tuple(_table()["priced"])


def _priced_name(name: str) -> str | None:
    """The name under which there is a price for it, or for its base."""
    return _own_priced_name(name) or _without_variant(_base(name))


def _own_priced_name(name: str) -> str | None:
    return _without_variant(f"ft:{_base(name)}" if name.startswith("ft:") else name)


def _without_variant(name: str) -> str | None:
    while name not in _priced():
        shorter = _VARIANT.sub("", name)
        if shorter == name:
            return None
        name = shorter
    return name


def _row(model: str) -> Mapping[str, Any]:
    name = _base(_alone(model))
    return next((row for row in _table()["models"] if re.fullmatch(row["name"], name)), {})


def _server(host: str) -> Mapping[str, Any]:
    return next((row for row in _table()["servers"] if re.fullmatch(row["host"], host)), {})


def _base(name: str) -> str:
    """Without what says that it was trained further: `gpt-4o-mini` for `ft:gpt-4o-mini:acme::a1`."""
    return name.split(":")[1] if name.startswith("ft:") else name


def _alone(model: str) -> str:
    """Without the provider before it."""
    return model.rpartition("/")[2].lower()


@cache
def _priced() -> frozenset[str]:
    return frozenset(_table()["priced"])


@cache
def _prices() -> dict[str, list[str]]:
    prices: dict[str, list[str]] = _read(PRICES)
    return prices


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = _read(FILE)
    return table


def _read(file: str) -> Any:
    with open(file, encoding="utf-8") as opened:
        return json.load(opened)
