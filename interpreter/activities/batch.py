"""One call about a batch, as an activity: submitted, looked at, or cancelled."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from temporalio import activity

from interpreter.activities.chat import whole_request
from interpreter.activities.heartbeats import heartbeating
from interpreter.activities.told_failures import told_failures
from interpreter.boundary.batches import BatchReply, BatchRequest
from interpreter.boundary.failures import INVALID_REQUEST
from interpreter.boundary.names import BATCH_ACTIVITY
from interpreter.providers.provider import Provider, ProviderFailure, TakesBatches
from interpreter.stores.store import ObjectStore


def batch_activity(
    provider: Provider, store: ObjectStore | None = None
) -> Callable[[BatchRequest], Awaitable[BatchReply]]:
    @activity.defn(name=BATCH_ACTIVITY)
    async def batch(request: BatchRequest) -> BatchReply:
        with told_failures("the worker stopped in the middle of a call about a batch"):
            if not isinstance(provider, TakesBatches):
                raise ProviderFailure(INVALID_REQUEST, "the provider takes no batches", charge="none")
            async with heartbeating():
                questions = [await whole_request(each, store) for each in request.requests]
                return await provider.batch(replace(request, requests=questions))

    return batch
