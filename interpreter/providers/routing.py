"""Which provider is asked for a model: one that `steadflow.toml` names, or the one of the environment.

Each has a circuit breaker. One that has no key asks nobody; a worker may have the keys of some only.

Which caps bind a run is said where it is submitted. A worker that is asked for a run which was submitted where its own
caps are not known says so in its log.
"""

import asyncio
import logging
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

logger = logging.getLogger(__name__)


class Routed:
    """`providers` by name; that of the environment, for models that no named one serves, has None."""

    def __init__(self, models: Models, providers: Mapping[str | None, Provider]) -> None:
        self.providers = providers
        self._models = models
        self._told: set[tuple[str, str]] = set()
        self._breakers = {name: Breaker(name or OWN) for name in providers}

    async def chat(self, request: ChatRequest) -> ChatResult:
        return await self.chat_streamed(request, None)

    async def chat_streamed(self, request: ChatRequest, heard: Heard | None) -> ChatResult:
        self._notice(request)
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
        for each in request.requests:
            self._notice(each)
        name, model = self._models.route(request.model)
        provider = self.providers[name]
        if isinstance(provider, NoProvider):
            await provider.chat(ChatRequest("", model, ""))
        if not isinstance(provider, TakesBatches):
            raise ProviderFailure(INVALID_REQUEST, f"{name or OWN} takes no batches", charge="none")
        questions = [replace(each, model=model) if each.model else each for each in request.requests]
        return await provider.batch(replace(request, model=model, requests=questions))

    def _notice(self, request: ChatRequest) -> None:
        """Once for each cap and model. Whose flow or person it is, a request does not say."""
        for cap in self._models.caps.values():
            told = (cap.name, request.model)
            for_all = cap.flow is None and cap.requester is None and self._models.is_capped(request.model, cap)
            if request.model and for_all and cap.name not in request.caps and told not in self._told:
                self._told.add(told)
                logger.warning(
                    "%s is asked for a run that the cap %s does not bind: where it was submitted, nobody knew of it",
                    *reversed(told),
                )

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()
