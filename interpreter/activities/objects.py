"""What lies in the store, for workflows.

Keeping what is too large to travel, the state of a run or its result: JSON in, `{"kept": hash, "size": bytes}`
out.

The way back is not an activity, whose result would stand in history whole: the worker loads objects for workflows.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial

from temporalio import activity

from interpreter.activities.missing import object_missing, object_not_kept
from interpreter.boundary.names import INLINE_ACTIVITY, STORE_ACTIVITY
from interpreter.boundary.payloads import JSON, InlineRequest, InlineResult
from interpreter.stores.kept_files import spelled_out
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import resolve


def store_activity(store: ObjectStore) -> Callable[[JSON], Awaitable[dict[str, JSON]]]:
    @activity.defn(name=STORE_ACTIVITY)
    async def keep(data: JSON) -> dict[str, JSON]:
        content = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        try:
            return {"kept": await asyncio.to_thread(store.put, content), "size": len(content)}
        except Exception as error:
            raise object_not_kept(error) from error

    return keep


def inline_activity(store: ObjectStore) -> Callable[[InlineRequest], Awaitable[InlineResult]]:
    @activity.defn(name=INLINE_ACTIVITY)
    async def inline(request: InlineRequest) -> InlineResult:
        try:
            data = await asyncio.to_thread(
                resolve, store, request.data, request.references, partial(spelled_out, store)
            )
        except StoreError as error:
            raise object_missing(error) from error
        size = len(json.dumps(data, ensure_ascii=False).encode())
        return InlineResult(size, data if size <= request.most_bytes else None)

    return inline
