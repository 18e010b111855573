"""One attempt at one model, as an activity: heartbeats, texts from the store, and failures that say what they cost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import replace
from functools import partial

from temporalio import activity

from dsl.models.configured import TABLE
from interpreter.activities.calls_in_words import taken_apart
from interpreter.activities.headers import call_id
from interpreter.activities.heartbeats import heartbeating
from interpreter.activities.missing import object_missing
from interpreter.activities.talking import Talks
from interpreter.activities.told_failures import told_failures
from interpreter.activities.written import Writing
from interpreter.boundary.failures import CONNECTION_FAILED, MODEL_TIMEOUT
from interpreter.boundary.names import CHAT_ACTIVITY, CHAT_GRACE
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.providers.call_id import CALL_ID, in_a_header
from interpreter.providers.files import Takes, refuse_what_it_does_not_take
from interpreter.providers.provider import Provider, ProviderFailure, asked, at_most, believable
from interpreter.providers.tools_in_words import told
from interpreter.stores.kept_files import spelled_out
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import resolve

LEAST_SHARE = 0.5
"""Of a timeout no longer than the grace, as earlier versions have set it: how much of it an attempt takes."""

WHOLE: ContextVar[Callable[[ChatRequest], None]] = ContextVar("steadflow_whole_request", default=lambda _: None)
"""Told of the request with all its texts: where these may leave the run."""


def chat_activity(
    provider: Provider, store: ObjectStore | None = None, takes: Takes = TABLE.takes
) -> Callable[[ChatRequest], Awaitable[ChatResult]]:
    talks = None if store is None else Talks(store)

    @activity.defn(name=CHAT_ACTIVITY)
    async def chat(request: ChatRequest) -> ChatResult:
        CALL_ID.set(in_a_header(call_id()))
        writing = Writing()
        with told_failures("the worker stopped while the model was answering"):
            try:
                async with heartbeating(writing.beat), asyncio.timeout(_seconds()):
                    whole = await whole_request(request, store, talks)
                    WHOLE.get()(whole)
                    refuse_what_it_does_not_take(whole, takes)
                    result = await asked(provider, whole, writing.heard)
                    result = result if told(whole) is None else taken_apart(whole, result)
                    result = replace(result, usage=believable(result.usage) or at_most(whole))
                    return result if request.talk is None else await _kept(request, result, talks)
            except TimeoutError:
                message = "the model did not answer in time"
                raise ProviderFailure(MODEL_TIMEOUT, message, charge="reservation") from None

    return chat


def _seconds() -> float | None:
    """We give up a little before the server does, and so with a failure that has a kind."""
    timeout = activity.info().start_to_close_timeout
    if timeout is None:
        return None
    seconds = timeout.total_seconds()
    return seconds - CHAT_GRACE if seconds > CHAT_GRACE else seconds * LEAST_SHARE


async def whole_request(request: ChatRequest, store: ObjectStore | None, talks: Talks | None = None) -> ChatRequest:
    """With all its texts."""
    if request.talk is not None and talks is not None:
        try:
            return await asyncio.to_thread(talks.whole, request)
        except StoreError as error:
            raise object_missing(error) from error
    if not request.references and request.talk is None:
        return request
    if store is None:
        raise _unread("this worker has no store")
    try:
        given = [request.prompt, request.instructions, request.files]
        texts = await asyncio.to_thread(resolve, store, given, request.references, partial(spelled_out, store))
    except StoreError as error:
        raise object_missing(error) from error
    return replace(request, prompt=texts[0], instructions=texts[1], files=texts[2], references=[])


async def _kept(request: ChatRequest, result: ChatResult, talks: Talks | None) -> ChatResult:
    """An answer that cannot be kept is paid for, and asked for again."""
    assert talks is not None
    try:
        return await asyncio.to_thread(talks.kept, request, result)
    except Exception as error:
        message = f"the answer could not be kept: {type(error).__name__}: {error}"
        raise ProviderFailure(CONNECTION_FAILED, message, charge="usage", usage=result.usage) from error


def _unread(reason: str) -> ProviderFailure:
    return ProviderFailure(CONNECTION_FAILED, f"a text of the prompt cannot be read: {reason}", charge="none")
