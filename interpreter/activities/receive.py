"""Large answers of workers that are not ours: plain JSON inline, as any SDK gives them.

Reading and validating one takes up to a second, which a workflow's thread has not. A worker of ours does that where the
tool runs; for others it is done here, beside the run, and the answer is what ours would have given: what is large in it
lies in the store. An answer that does not fit is left as it is, for the interpreter to say so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from dsl.definition.encode import decode_data
from dsl.expressions.json_reading import exact
from dsl.expressions.values import Value
from dsl.expressions.wire import to_wire
from dsl.values.validate import validate
from interpreter.activities.missing import object_missing, object_not_kept
from interpreter.activities.results import answered
from interpreter.boundary.failures import INVALID_OUTPUT
from interpreter.boundary.names import KEEP_ANSWER_ACTIVITY, RECEIVE_ACTIVITY, RECEIVE_KEPT_ACTIVITY
from interpreter.boundary.payloads import ReceiveRequest
from interpreter.boundary.told import told_by_worker
from interpreter.stores.store import ObjectStore, StoreError, read
from interpreter.stores.values import keep_large


def receive_activity(store: ObjectStore) -> Callable[[ReceiveRequest, RawValue], Awaitable[Any]]:
    @activity.defn(name=RECEIVE_ACTIVITY)
    async def receive(request: ReceiveRequest, answer: RawValue) -> Any:
        return await asyncio.to_thread(_received, request, answer.payload.data, store)

    return receive


def receive_kept_activity(store: ObjectStore) -> Callable[[ReceiveRequest], Awaitable[Any]]:
    @activity.defn(name=RECEIVE_KEPT_ACTIVITY)
    async def receive_kept(request: ReceiveRequest) -> Any:
        assert request.kept is not None
        try:
            answer = await asyncio.to_thread(read, store, request.kept)
        except StoreError as error:
            raise object_missing(error) from error
        return await asyncio.to_thread(_received, request, answer, store)

    return receive_kept


def keep_answer_activity(store: ObjectStore) -> Callable[[RawValue], Awaitable[str]]:
    @activity.defn(name=KEEP_ANSWER_ACTIVITY)
    async def keep_answer(answer: RawValue) -> str:
        try:
            return await asyncio.to_thread(store.put, answer.payload.data)
        except Exception as error:
            raise object_not_kept(error) from error

    return keep_answer


def _received(request: ReceiveRequest, answer: bytes, store: ObjectStore) -> Any:
    value = _valid(request, answer)
    try:
        kept = keep_large(store, value)
    except Exception as error:
        raise object_not_kept(error) from error
    return answered(to_wire(kept), seen=True)


def _valid(request: ReceiveRequest, answer: bytes) -> Value:
    try:
        checked = validate(exact(answer), decode_data(request.returns), decode_data(request.types), received=True)
    except (ValueError, RecursionError) as error:
        raise _left(f"{type(error).__name__}: {error}") from error
    if checked.problems:
        raise _left(str(checked.problems[0]))
    value: Value = checked.value
    return value


def _left(reason: str) -> ApplicationError:
    return ApplicationError(f"left as it is: {reason}", type=told_by_worker(INVALID_OUTPUT), non_retryable=True)
