"""One attempt at one model, as an activity: heartbeats, texts from the store, and failures that say what they cost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.activities.heartbeats import heartbeating
from interpreter.activities.missing import object_missing
from interpreter.boundary.failures import CONNECTION_FAILED, MODEL_TIMEOUT
from interpreter.boundary.names import CHAT_ACTIVITY
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.provider import Provider, ProviderFailure, at_most, believable
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import resolve

SHARE_OF_TIMEOUT = 0.95
"""We give up a little before the server does, and so with a failure that has a kind."""


def chat_activity(
    provider: Provider, store: ObjectStore | None = None
) -> Callable[[ChatRequest], Awaitable[ChatResult]]:
    @activity.defn(name=CHAT_ACTIVITY)
    async def chat(request: ChatRequest) -> ChatResult:
        try:
            async with heartbeating(), asyncio.timeout(_seconds()):
                whole = await _with_texts(request, store)
                result = await provider.chat(whole)
                return replace(result, usage=believable(result.usage) or at_most(whole))
        except ProviderFailure as failure:
            raise _told(failure) from None
        except TimeoutError:
            message = "the model did not answer in time"
            raise _told(ProviderFailure(MODEL_TIMEOUT, message, charge="reservation")) from None
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details is not None and not details.worker_shutdown:
                raise
            message = "the worker stopped while the model was answering"
            raise _told(ProviderFailure(CONNECTION_FAILED, message, charge="reservation")) from None

    return chat


def _seconds() -> float | None:
    timeout = activity.info().start_to_close_timeout
    return timeout.total_seconds() * SHARE_OF_TIMEOUT if timeout else None


async def _with_texts(request: ChatRequest, store: ObjectStore | None) -> ChatRequest:
    if not request.references:
        return request
    if store is None:
        raise _unread("this worker has no store")
    try:
        texts = await asyncio.to_thread(resolve, store, [request.prompt, request.instructions], request.references)
    except StoreError as error:
        raise object_missing(error) from error
    return replace(request, prompt=texts[0], instructions=texts[1], references=[])


def _unread(reason: str) -> ProviderFailure:
    return ProviderFailure(CONNECTION_FAILED, f"a text of the prompt cannot be read: {reason}", charge="none")


def _told(failure: ProviderFailure) -> ApplicationError:
    return ApplicationError(
        failure.message, failure.detail, type=failure.kind, non_retryable=True, category=ApplicationErrorCategory.BENIGN
    )
