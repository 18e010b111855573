"""Who answers for a model, as dashboards know it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from dsl.models.configured import Models
from interpreter.providers.access import UnusableAccess, access_in

REHEARSAL = "rehearsal"
OPENAI = "openai"
AZURE = "azure.ai.openai"


@dataclass(frozen=True)
class Answering:
    """`name` is the provider's: a well-known one, or as `steadflow.toml` calls it. `address` is None where that is the
    usual one.
    """

    name: str
    address: str | None = None


def answering(models: Models, model: str, environment: dict[str, str]) -> Answering:
    name, _ = models.route(model)
    if name is not None:
        served = models.providers[name]
        known = {"openai": OPENAI, "azure": AZURE}.get(served.kind, name)
        return Answering(known, _host(served.address))
    try:
        access = access_in(environment)
    except UnusableAccess:
        return Answering(OPENAI)
    return Answering(AZURE if access.version is not None else OPENAI, _host(access.address))


def _host(address: str | None) -> str | None:
    return urlsplit(address).hostname if address is not None else None
