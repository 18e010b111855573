"""Providers by name, as people tell of them in `steadflow.toml`: where models are asked, and by which rules.

[providers.ours]
kind = "compatible"         # or "openai", "azure"
address = "https://llm.example.com/v1"
key = "OUR_KEY"             # the variable of the worker's environment that has the key, never the key
api = "chat"                # or "responses"
requests_per_second = 10    # of all workers together
batch = 0.5                 # it takes batches, at that share of the price
models = ["llama-3.1-8b"]   # asked there by that name; any other as "ours/NAME"
id_header = "X-Request-Id"  # the header that has the id of a call
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, get_args

from dsl.dataclass import dataclass
from dsl.models.addresses import no_address, no_endpoint, parts_of
from dsl.models.rows import Problem, settings
from dsl.models.unusable import Unusable
from dsl.regex import regex

Kind = Literal["openai", "azure", "compatible"]
Api = Literal["chat", "responses"]

USUAL_KEYS: Mapping[str, str] = {"openai": "OPENAI_API_KEY", "azure": "AZURE_OPENAI_API_KEY", "compatible": ""}
"""The variable of the key where none is named. A server of one's own may want none."""
SLOWEST, FASTEST = Decimal("0.01"), Decimal(100_000)
"""Requests a second."""

_NAME = regex(r"[a-z][a-z0-9-]{0,39}")
_VARIABLE = regex(r"[A-Z][A-Z0-9_]{0,79}")
_HEADER = regex(r"[A-Za-z][A-Za-z0-9-]{0,79}")
_TAKEN = frozenset({"authorization", "api-key", "host", "content-type", "content-length", "accept", "connection"})
_VERSION = regex(r"[A-Za-z0-9.-]{1,40}")


@dataclass(frozen=True)
class Served:
    """One provider. `key` is the name of a variable, empty where none is needed; `address` None is the kind's own;
    `version` is Azure's. With `requests_per_second` its calls go through a lane of their own. `id_header` is the
    request header with the id of the call, where that is not the usual one. `batch`: what a question costs in a batch,
    as a share of its price.
    """

    name: str
    kind: Kind
    address: str | None
    key: str
    api: Api = "chat"
    requests_per_second: float | None = None
    models: tuple[str, ...] = ()
    version: str | None = None
    id_header: str | None = None
    batch: Decimal | None = None


def read_providers(rows: object, where: str) -> dict[str, Served]:
    """Raises `Unusable`."""
    if type(rows) is not dict:
        raise Unusable(f"{where}: expected tables such as `[providers.ours]`")
    providers = {name: _provider(name, row, f"{where}, [providers.{name}]") for name, row in rows.items()}
    check_models(providers.values(), where)
    return providers


def check_models(providers: Iterable[Served], where: str) -> None:
    """A model that two providers list would be asked at either. Raises `Unusable`."""
    taken: dict[str, str] = {}
    for provider in providers:
        for model in provider.models:
            other = taken.setdefault(model, provider.name)
            if other != provider.name:
                raise Unusable(
                    f'{where}: both {other} and {provider.name} list the model "{model}"; '
                    f'leave it out of one, where it is "{provider.name}/{model}" then'
                )


def _provider(name: str, row: Any, where: str) -> Served:
    if not _NAME.fullmatch(name):
        raise Unusable(f"{where}: a provider's name has small letters, digits and `-`, such as `ours`")
    row = settings(row, _PROBLEMS, where)
    kind = row.get("kind")
    if kind is None:
        raise Unusable(f"{where}: it has no `kind`; {_one_of(Kind)}")
    if kind != "openai" and "address" not in row:
        raise Unusable(f"{where}: a provider of the kind {kind} has an `address`, as https://host/v1")
    if "batch" in row and kind == "azure":
        raise Unusable(f"{where}, `batch`: batches of Azure are not supported")
    if "version" in row and kind != "azure":
        raise Unusable(f"{where}, `version`: only one of the kind azure has a version")
    problem = no_endpoint(row["address"], "`version`", 'use `kind = "compatible"`') if kind == "azure" else None
    if problem is not None:
        raise Unusable(f"{where}, `address`: it {problem}")
    rate = row.get("requests_per_second")
    key, models = row.get("key", USUAL_KEYS[kind]), tuple(row.get("models", ()))
    address, api, version = row.get("address"), row.get("api", "chat"), row.get("version")
    per_second, header = None if rate is None else float(rate), row.get("id_header")
    batch = None if "batch" not in row else Decimal(row["batch"])
    return Served(name, kind, address, key, api, per_second, models, version, header, batch)


def _one_of(options: Any) -> str:
    return f"expected one of {', '.join(get_args(options))}"


def _no_address(value: Any) -> str | None:
    if type(value) is not str:
        return "expected an address: https://host/v1"
    problem = no_address(value)
    if problem is not None:
        return f"it {problem}"
    parts = parts_of(value)
    if parts.username or parts.password:
        return "a name or a password has no place here: the key stands in the worker's environment"
    return None


def _no_variable(value: Any) -> str | None:
    """What is told never has the value in it: it may be a key."""
    fits = type(value) is str and (value == "" or _VARIABLE.fullmatch(value))
    return None if fits else "expected the name of the variable that has the key, as OUR_KEY; never the key itself"


def _no_rate(value: Any) -> str | None:
    number = Decimal(value) if type(value) in (int, Decimal) else None
    fits = number is not None and number.is_finite() and SLOWEST <= number <= FASTEST
    return None if fits else f"expected a number of requests a second, from {SLOWEST} to {FASTEST:,}"


def _no_share(value: Any) -> str | None:
    number = Decimal(value) if type(value) in (int, Decimal) else None
    fits = number is not None and number.is_finite() and 0 < number <= 1
    return None if fits else "expected the share of a price that is paid in a batch: 0.5"


def _no_models(value: Any) -> str | None:
    fits = type(value) is list and all(type(each) is str and each.strip() == each != "" for each in value)
    return None if fits else "expected a list of names of models"


def _no_version(value: Any) -> str | None:
    return None if type(value) is str and _VERSION.fullmatch(value) else "expected a date: 2024-10-21"


def _no_header(value: Any) -> str | None:
    """Those that say who asks, or how long the request is, are not to be given away."""
    fits = type(value) is str and _HEADER.fullmatch(value) and value.lower() not in _TAKEN
    return None if fits else "expected the name of a request header of its own: X-Request-Id"


def _no_kind(value: Any) -> str | None:
    return None if value in get_args(Kind) else _one_of(Kind)


def _no_api(value: Any) -> str | None:
    return None if value in get_args(Api) else _one_of(Api)


_PROBLEMS: dict[str, Problem] = {
    "kind": _no_kind,
    "address": _no_address,
    "key": _no_variable,
    "api": _no_api,
    "requests_per_second": _no_rate,
    "models": _no_models,
    "version": _no_version,
    "id_header": _no_header,
    "batch": _no_share,
}
