"""Which provider answers, by what the worker's environment holds. Keys never enter a history."""

import os
from collections.abc import Mapping

from interpreter.boundary.failures import NO_PROVIDER
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.access import KEY, access_in
from interpreter.providers.provider import Provider, ProviderFailure
from interpreter.providers.rehearsal import RehearsalProvider

HOW = f"set {KEY}, or rehearse: `--rehearse` makes the answers of agents up"


class NoProvider:
    """Asks nobody: a rehearsal is asked for, never fallen into."""

    async def chat(self, request: ChatRequest) -> ChatResult:
        raise ProviderFailure(NO_PROVIDER, f"the worker has no {KEY}, and was not told to rehearse", charge="none")

    async def close(self) -> None:
        """There is nothing to close."""


def can_ask(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a model can be asked. Raises `UnusableAccess` where that was meant, and cannot be."""
    return bool(access_in(environment).key)


def provider_from_environment(*, rehearse: bool = False, environment: Mapping[str, str] = os.environ) -> Provider:
    """A rehearsal when that was asked for, else the real API where there is a key, at `OPENAI_BASE_URL` when given.

    Raises `UnusableAccess`.
    """
    if rehearse:
        return RehearsalProvider()
    if not can_ask(environment):
        return NoProvider()
    # Importing openai takes about a second: only a worker that really uses it pays for that.
    from interpreter.providers.openai import OpenAIProvider

    return OpenAIProvider(access_in(environment))
