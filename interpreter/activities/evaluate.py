"""Expressions over large values, evaluated beside the store: only what comes out travels back.

A local activity. Its result is recorded, so `uuid()` may be random here. What the store lacks is told
(`missing.object_missing`), and the interpreter asks again later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

from temporalio import activity

from dsl.ast.expressions import Expression
from dsl.definition.encode import decode_data
from dsl.expressions.context import Context
from dsl.expressions.errors import EvaluationError, NeedsReference, refuse
from dsl.expressions.evaluate import evaluate
from dsl.expressions.values import Scope, Value, substitute
from dsl.values.codec import dump, load, stretch
from dsl.values.structure import Types
from dsl.values.validate import converting, validate
from interpreter.activities.missing import object_missing
from interpreter.boundary.names import EVALUATE_ACTIVITY
from interpreter.boundary.payloads import EvaluateRequest, EvaluateResult
from interpreter.core.fetching import UNFIT
from interpreter.stores.conversations import kept, whole
from interpreter.stores.store import ObjectStore, StoreError
from interpreter.stores.values import content_of


def evaluate_activity(store: ObjectStore) -> Callable[[EvaluateRequest], Awaitable[EvaluateResult]]:
    @activity.defn(name=EVALUATE_ACTIVITY)
    async def evaluate_beside(request: EvaluateRequest) -> EvaluateResult:
        try:
            return await asyncio.to_thread(evaluated, request, store)
        except StoreError as error:
            raise object_missing(error) from error

    return evaluate_beside


def evaluated(request: EvaluateRequest, store: ObjectStore) -> EvaluateResult:
    """The dumped value, large parts of it kept in the store again."""
    given = {name: load(value) for name, value in request.scope.items()}
    now = datetime.fromtimestamp(request.now, UTC)
    types = decode_data(request.types) if request.types is not None else {}
    context = converting(Context(now=lambda: now, uuid=lambda: str(uuid4())), types)
    try:
        if request.received is not None:
            return _received(request, given, types, store)
        value = _evaluated(decode_data(request.expression), given, context, store)
        if request.most_bytes is not None:
            return EvaluateResult(dump(_stretch(store, value, request.most_bytes)))
    except EvaluationError as error:
        return EvaluateResult(error_kind=error.kind, error_message=error.message)
    return EvaluateResult(dump(kept(store, value)))


def _evaluated(expression: Expression, given: Scope, context: Context, store: ObjectStore) -> Value:
    """Conversations are left as they are; what looks like one, and is looked into, was none."""
    try:
        return evaluate(expression, {name: whole(store, value) for name, value in given.items()}, context)
    except NeedsReference:
        scope = {
            name: substitute(value, lambda reference: content_of(store, reference)) for name, value in given.items()
        }
        return evaluate(expression, scope, context)


def _received(request: EvaluateRequest, given: Scope, types: Types, store: ObjectStore) -> EvaluateResult:
    """What came from outside, held against its type, whole: defaults are filled in, what is too much is dropped. What
    that does not change stays where it is."""
    (value,) = given.values()
    whole = substitute(value, lambda reference: content_of(store, reference))
    checked = validate(whole, decode_data(request.received), types, received=True)
    if checked.problems:
        return EvaluateResult(error_kind=UNFIT, error_message="; ".join(map(str, checked.problems)))
    unchanged = dump(checked.value) == dump(whole)
    return EvaluateResult(dump(value if unchanged else kept(store, checked.value)))


def _stretch(store: ObjectStore, items: Value, most_bytes: int) -> list[Value]:
    if type(items) is not list:
        refuse(items, "this goes over a list")
    return stretch((kept(store, item) for item in items), most_bytes)
