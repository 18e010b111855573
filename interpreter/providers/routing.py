"""Which provider is asked for a model: one that `steadflow.toml` names, or the one of the environment.

Each has a circuit breaker. One that has no key asks nobody; a worker may have the keys of some only.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from dsl.models.configured import Models
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.failures import INVALID_REQUEST
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.breaker import Breaker
from interpreter.providers.no_provider import NoProvider
from interpreter.providers.provider import Heard, Provider, ProviderFailure, TakesBatches, asked

OWN = "the provider"


class Routed:
    """`providers` by name; that of the environment, for models that no named one serves, has None."""

    def __init__(self, models: Models, providers: Mapping[str | None, Provider]) -> None:
        self.providers = providers
        self._models = models
        self._breakers = {name: Breaker(name or OWN) for name in providers}

    async def chat(self, request: ChatRequest) -> ChatResult:
        return await self.chat_streamed(request, None)

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        name, model = self._models.route(request.model)
        provider = self.providers[name]
        if isinstance(provider, NoProvider):
            return await provider.chat(request)
        question = self._breakers[name].ask(model)
        try:
            answer = await asked(provider, replace(request, model=model), heard)
        except ProviderFailure as failure:
            question.failed(failure)
            raise
        except asyncio.CancelledError:
            question.given_up()
            raise
        question.answered()
        return answer

    async def batch(self, request: BatchRequest) -> BatchReply:
        name, model = self._models.route(request.model)
        provider = self.providers[name]
        if isinstance(provider, NoProvider):
            await provider.chat(ChatRequest("", model, ""))
        if not isinstance(provider, TakesBatches):
            raise ProviderFailure(INVALID_REQUEST, f"{name or OWN} takes no batches", charge="none")
        questions = [replace(each, model=model) if each.model else each for each in request.requests]
        return await provider.batch(replace(request, model=model, requests=questions))

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()
