"""Which provider answers, by what the worker's environment holds. Keys never enter a history."""

import os
from collections.abc import Iterable, Mapping

from dsl.models.configured import TABLE, Models
from dsl.models.providers import Served
from interpreter.providers.access import Access, access_in, access_of
from interpreter.providers.no_provider import NoProvider
from interpreter.providers.provider import Provider
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.providers.routing import Routed

HOW = "set {key}, or rehearse: `--rehearse` makes the answers of agents up"


def can_ask(environment: Mapping[str, str] = os.environ, models: Models = TABLE) -> bool:
    """Whether any model can be asked. Raises `UnusableAccess` where that was meant, and cannot be."""
    named = [has_key(served, environment) for served in models.providers.values()]
    return bool(access_in(environment).key) or any(named)


def has_key(served: Served, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a named provider can be asked. Raises `UnusableAccess`."""
    return bool(access_of(served, environment).key) or not served.key


def secrets_in(environment: Mapping[str, str] = os.environ, models: Models = TABLE) -> frozenset[str]:
    """The keys with which models are asked. Raises `UnusableAccess`."""
    named = [access_of(served, environment) for served in models.providers.values()]
    return frozenset(access.key for access in (access_in(environment), *named) if access.key)


def lacking(models: Iterable[str], known: Models, environment: Mapping[str, str] = os.environ) -> NoProvider | None:
    """What there is no key for, where none of the models can be asked."""
    lacks: list[NoProvider] = []
    for model in models:
        name, _ = known.route(model)
        served = known.providers.get(name or "")
        if has_key(served, environment) if served is not None else bool(access_in(environment).key):
            return None
        usual = NoProvider(access_in(environment).key_name)
        lacks.append(usual if served is None else NoProvider(served.key, served.name))
    return lacks[0] if lacks else None


def provider_from_environment(
    *, rehearse: bool = False, environment: Mapping[str, str] = os.environ, models: Models = TABLE
) -> Provider:
    """A rehearsal when that was asked for, else the providers that `models` names, and the one of the environment for
    any other model, at `OPENAI_BASE_URL` when given.

    Raises `UnusableAccess`.
    """
    if rehearse:
        return RehearsalProvider()
    usual = access_in(environment)
    providers: dict[str | None, Provider] = {None: _provider(usual, NoProvider(usual.key_name))}
    for name, served in models.providers.items():
        providers[name] = _named(served, environment)
    return Routed(models, providers)


def _named(served: Served, environment: Mapping[str, str]) -> Provider:
    access = access_of(served, environment)
    return _provider(access, NoProvider(served.key, served.name) if served.key else None)


def _provider(access: Access, otherwise: NoProvider | None) -> Provider:
    if not access.key and otherwise is not None:
        return otherwise
    # Importing openai takes about a second: only a worker that really uses it pays for that.
    from interpreter.providers.openai import OpenAIProvider

    return OpenAIProvider(access)
