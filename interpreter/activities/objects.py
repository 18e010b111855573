"""Keeping and fetching the state of a run that is too large to travel: JSON in, a reference out, and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from temporalio import activity

from interpreter.boundary.names import FETCH_ACTIVITY, STORE_ACTIVITY
from interpreter.boundary.payloads import JSON
from interpreter.stores.store import ObjectStore


def store_activity(store: ObjectStore) -> Callable[[JSON], Awaitable[dict[str, JSON]]]:
    @activity.defn(name=STORE_ACTIVITY)
    async def keep(data: JSON) -> dict[str, JSON]:
        content = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return {"$ref": await asyncio.to_thread(store.put, content), "$size": len(content)}

    return keep


def fetch_activity(store: ObjectStore) -> Callable[[dict[str, JSON]], Awaitable[JSON]]:
    @activity.defn(name=FETCH_ACTIVITY)
    async def fetch(reference: dict[str, JSON]) -> JSON:
        return json.loads(await asyncio.to_thread(store.get, reference["$ref"]))

    return fetch
