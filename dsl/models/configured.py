"""What people say of models themselves: the file `steadflow.toml` beside a project, or the environment.

    [models."llama-3.1-8b"]
    input = 0.10            # US dollars for a million tokens of a prompt
    output = 0.40           # and of an answer
    cached = 0.01           # and of a prompt that the provider has in its cache
    answer = 8192           # the most tokens of one answer
    refuses = ["temperature"]
    takes = ["image/*"]     # the media types of files that it can be shown; texts can be shown to any

    [models."our-deployment"]
    like = "gpt-4o"         # the rest is as with this model, which may be another one that stands here

    [config]                # values of the deployment, for the flows that declare them
    region = "eu"

Providers stand there too (`providers.py`), and caps (`caps.py`). The file is that of the nearest folder, from the
flow's upwards. `STEADFLOW_MODELS` holds the same, or the path of such a file, and counts more.
"""

import os
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from dsl.dataclass import dataclass, field
from dsl.models import known
from dsl.models.beside import NAME, VARIABLE, nearest
from dsl.models.caps import ENVIRONMENT, Capped, read_caps
from dsl.models.likes import check_likes, inherited
from dsl.models.providers import Served, check_models, read_providers
from dsl.models.rows import settings
from dsl.models.unusable import Unusable
from dsl.regex import regex

_MEDIA_TYPE = regex(r"[a-z]+/([\w.+-]+|\*)", re.ASCII)
PRICES = ("input", "output", "cached", "cache_write")

OF_OTHERS = ("auth", "mcp")
"""Tables of the same file that say nothing of models: what a worker gives to the servers of tools."""

REFUSABLE = (
    *("temperature", "max_completion_tokens", "stream_options", "stream"),
    *("system", "strict", "json_schema", "json_object"),
    *("tools", "seed", "reasoning_effort"),
)
"""What some servers do not take of a request."""


@dataclass(frozen=True)
class Settings:
    """What is said of one model. Prices are US dollars for a million tokens; of those of a prompt, the provider reads
    the `cached` from its cache, and writes others there. `place`: where that stands, for messages.
    """

    input: Decimal | None = None
    output: Decimal | None = None
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    answer: int | None = None
    refuses: tuple[str, ...] | None = None
    takes: tuple[str, ...] | None = None
    like: str | None = None
    place: str = ""


@dataclass(frozen=True)
class Models:
    """All that is known of models here: what is said of them, of providers and of caps, and the table. `config`: the
    values of the deployment, plain JSON. `require_signed`: only what is signed off is started.
    """

    settings: Mapping[str, Settings]
    providers: Mapping[str, Served] = field(default_factory=dict)
    caps: Mapping[str, Capped] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    require_signed: bool = False

    def route(self, model: str) -> tuple[str | None, str]:
        """The name of the provider that serves it, and the model's name there; None is that of the environment."""
        for provider in self.providers.values():
            if model in provider.models:
                return provider.name, model
        before, slash, rest = model.partition("/")
        return (before, rest) if slash and before in self.providers else (None, model)

    def is_capped(self, model: str, cap: Capped) -> bool:
        """Whether what is asked of the model counts there."""
        return cap.provider is None or (self.route(model)[0] or ENVIRONMENT) == cap.provider

    def rate(self, model: str) -> str | None:
        """The provider whose calls take their turn, if that serves it."""
        name, _ = self.route(model)
        return name if name is not None and self.providers[name].requests_per_second is not None else None

    def most_output(self, model: str) -> int | None:
        said = self._said(model)
        return said.answer if said.answer is not None else known.most_output(said.like or model)

    def refused_by(self, model: str) -> tuple[str, ...]:
        said = self._said(model)
        return said.refuses if said.refuses is not None else known.refused_by(said.like or model)

    def takes(self, model: str) -> tuple[str, ...] | None:
        """The media types of files that it can be shown, beside texts; None where nobody knows."""
        said = self._said(model)
        return said.takes if said.takes is not None else known.takes(said.like or model)

    def price(self, model: str) -> tuple[Decimal, Decimal, Decimal | None, Decimal | None] | None:
        """What is said of its price, if anything is: of a prompt, of an answer, of what is read from a cache, of what
        is written there.
        """
        said = self._said(model)
        if said.input is None or said.output is None:
            return None
        return said.input, said.output, said.cached, said.cache_write

    def least_price(self, model: str) -> tuple[Decimal, Decimal] | None:
        """What a million tokens of a prompt, and of an answer, cost at least, in usd; None where nobody knows."""
        said = self.price(model)
        return known.least_price(self.priced_as(model)) if said is None else said[:2]

    def batch_price(self, model: str) -> Decimal | None:
        """What a question costs in a batch of its provider, as a share of its price; None where it takes none."""
        name, _ = self.route(model)
        if name is None:
            return known.batch_price()
        served = self.providers[name]
        return known.batch_price() if served.batch is None and served.kind == "openai" else served.batch

    def priced_as(self, model: str) -> str:
        """The model whose price is its own, where none is said."""
        return self.route(self._said(model).like or model)[1]

    def is_known(self, model: str) -> bool:
        return model in self.settings or self.route(model)[1] in self.settings or known.is_known(model)

    def has_price(self, model: str) -> bool:
        return self.price(model) is not None or known.has_price(self.priced_as(model))

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.settings, *known.names())

    def _said(self, model: str) -> Settings:
        return inherited(self.settings, self._row_of(model), self._row_of) or Settings()

    def _row_of(self, model: str) -> str:
        return model if model in self.settings else self.route(model)[1]

    def check(self, where: str) -> "Models":
        """Itself. Raises `Unusable` where what is said at several places cannot be true together."""
        check_models(self.providers.values(), where)
        check_likes(self.settings, self._row_of)
        return self


TABLE = Models({})
"""Nothing is said beside the table."""


def models_for(place: str | os.PathLike[str] | None, environment: Mapping[str, str] = os.environ) -> Models:
    """For a flow in the folder `place`, or (None) the current one. Raises `Unusable`."""
    found = _in_folder(os.path.realpath(place or os.curdir))
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return found.check(NAME)
    more = _read(text, VARIABLE) if "=" in text else _in_file(text)
    providers, caps = {**found.providers, **more.providers}, {**found.caps, **more.caps}
    config, required = {**found.config, **more.config}, found.require_signed or more.require_signed
    both = Models({**found.settings, **more.settings}, providers, caps, config, required)
    return both.check(f"{NAME} and {VARIABLE}")


def _in_folder(folder: str) -> Models:
    found = nearest(folder)
    return TABLE if found is None else _in_file(found)


def _in_file(path: str) -> Models:
    try:
        with open(path, "rb") as file:
            return _read(file.read().decode("utf-8-sig"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _read(text: str, where: str) -> Models:
    import tomllib  # most projects have no such file

    try:
        whole = tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise Unusable(f"{where} is nested too deep") from error
    except (ArithmeticError, ValueError) as error:  # also of numbers with more digits than any number here has
        raise Unusable(f"{where} is not TOML: {error}") from error
    rows, providers = whole.pop("models", {}), read_providers(whole.pop("providers", {}), where)
    caps = read_caps(whole.pop("caps", {}), providers, where)
    config = _config(whole.pop("config", {}), where)
    required = whole.pop("require_signed", False)
    if type(required) is not bool:
        raise Unusable(f"{where}: `require_signed` is true or false")
    for of_others in OF_OTHERS:
        whole.pop(of_others, None)
    if whole or type(rows) is not dict:
        odd = next(iter(whole), "models")
        known_tables = 'tables such as `[models."m"]`, `[providers.p]`, `[caps.c]` and `[config]`'
        raise Unusable(f"{where}: only {known_tables} may stand there, not `{odd}`")
    settings = {model: _settings(row, f'{where}, [models."{model}"]') for model, row in rows.items()}
    return Models(settings, providers, caps, config, required)


def _config(values: Any, where: str) -> dict[str, Any]:
    if type(values) is not dict:
        raise Unusable(f"{where}: `[config]` is a table of names and values")
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """As JSON says it: a moment is a text."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _settings(row: Any, where: str) -> Settings:
    row = settings(row, _PROBLEMS, where)
    prices = {name: Decimal(row[name]) for name in PRICES if name in row}
    if prices and not ("input" in prices and "output" in prices):
        raise Unusable(f"{where}: a price has both `input` and `output`")
    refuses = tuple(sorted(row["refuses"])) if "refuses" in row else None
    takes = tuple(row["takes"]) if "takes" in row else None
    return Settings(**prices, answer=row.get("answer"), refuses=refuses, takes=takes, like=row.get("like"), place=where)


def _no_price(value: Any) -> str | None:
    number = Decimal(value) if type(value) in (int, Decimal) else None
    fits = number is not None and number.is_finite() and 0 <= number < 1_000_000
    return None if fits else "expected US dollars for a million tokens, as a number"


def _no_count(value: Any) -> str | None:
    return None if type(value) is int and 0 < value < 1_000_000_000 else "expected a number of tokens"


def _not_refusable(value: Any) -> str | None:
    fits = type(value) is list and all(part in REFUSABLE for part in value)
    return None if fits else f"expected a list of some of {', '.join(REFUSABLE)}"


def _no_media_types(value: Any) -> str | None:
    fits = type(value) is list and all(type(each) is str and _MEDIA_TYPE.fullmatch(each) for each in value)
    return None if fits else "expected a list of media types, such as image/* or application/pdf"


def _no_model(value: Any) -> str | None:
    return None if type(value) is str and value.strip() else "expected the name of a model that is known"


_PROBLEMS = dict.fromkeys(PRICES, _no_price) | {
    "answer": _no_count,
    "refuses": _not_refusable,
    "takes": _no_media_types,
    "like": _no_model,
}
