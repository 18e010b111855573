"""One call about a batch, as an activity: submitted, looked at, or cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from temporalio import activity

from interpreter.activities.chat import told_failure, whole_request
from interpreter.activities.heartbeats import heartbeating
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.failures import CONNECTION_FAILED, INVALID_REQUEST
from interpreter.boundary.names import BATCH_ACTIVITY
from interpreter.providers.provider import Provider, ProviderFailure, TakesBatches
from interpreter.stores.store import ObjectStore


def batch_activity(
    provider: Provider, store: ObjectStore | None = None
) -> Callable[[BatchRequest], Awaitable[BatchReply]]:
    @activity.defn(name=BATCH_ACTIVITY)
    async def batch(request: BatchRequest) -> BatchReply:
        try:
            if not isinstance(provider, TakesBatches):
                raise ProviderFailure(INVALID_REQUEST, "the provider takes no batches", charge="none")
            async with heartbeating():
                questions = [await whole_request(each, store) for each in request.requests]
                return await provider.batch(replace(request, requests=questions))
        except ProviderFailure as failure:
            raise told_failure(failure) from None
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details is not None and not details.worker_shutdown:
                raise
            message = "the worker stopped in the middle of a call about a batch"
            raise told_failure(ProviderFailure(CONNECTION_FAILED, message, charge="reservation")) from None

    return batch
