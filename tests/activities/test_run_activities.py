"""The activities of a run itself: attempts at a model, evaluation beside the store, large states."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.ast.expressions import (
    Argument,
    Binary,
    Entry,
    FunctionCall,
    Get,
    Index,
    Literal,
    Name,
    RecordLiteral,
    Slice,
)
from dsl.ast.types import Field, ListType, NamedType, RecordType
from dsl.definition.encode import encode
from dsl.expressions.values import Reference
from dsl.values.codec import dump, encoded, load
from dsl.values.conversations import conversation
from interpreter.activities.chat import chat_activity
from interpreter.activities.evaluate import evaluate_activity
from interpreter.activities.objects import store_activity
from interpreter.boundary import failures
from interpreter.boundary.names import CHAT_GRACE
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage, EvaluateRequest, EvaluateResult
from interpreter.boundary.told import told_by_worker
from interpreter.core.fetching import UNFIT
from interpreter.providers.provider import ProviderFailure
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import ObjectStore
from interpreter.stores.values import LARGE, content_of, keep_large

REQUEST = ChatRequest(agent="triage", model="gpt-4o", prompt="Sort this.")
ANSWER = ChatResult("ok", ChatUsage(1, 1), "m")


class Scripted:
    """A provider that does what a test says, and keeps what it was asked."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act
        self.asked: list[ChatRequest] = []

    async def chat(self, request: ChatRequest) -> ChatResult:
        self.asked.append(request)
        result = self._act()
        return await result if asyncio.iscoroutine(result) else result

    async def close(self) -> None:
        pass


def fail(error: Exception) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


async def chat_failure(
    act: Callable[[], Any], request: ChatRequest = REQUEST, store: ObjectStore | None = None, seconds: float = 10
) -> ApplicationError:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, start_to_close_timeout=timedelta(seconds=seconds))
    with pytest.raises(ApplicationError) as caught:
        await environment.run(chat_activity(Scripted(act), store), request)
    return caught.value


async def test_a_failure_says_its_kind_how_long_to_wait_and_what_it_cost() -> None:
    cause = ProviderFailure(failures.RATE_LIMITED, "slow down", charge="none", retry_after=7)
    found = await chat_failure(fail(cause))
    assert (found.type, found.message, found.non_retryable) == (failures.RATE_LIMITED, "slow down", True)
    assert found.details == ({"retry_after": 7, "usage": None, "charge": "none"},)


async def test_reported_usage_travels_with_the_failure() -> None:
    cause = ProviderFailure(failures.MALFORMED_OUTPUT, "cut off", charge="usage", usage=ChatUsage(11, 5))
    found = await chat_failure(fail(cause))
    assert found.details[0]["usage"] == {"input_tokens": 11, "output_tokens": 5}


@pytest.mark.parametrize(("seconds", "answers_after"), [(0.1, 60), (CHAT_GRACE + 0.1, CHAT_GRACE / 2)])
async def test_we_give_up_before_the_server_does_and_charge_in_full(seconds: float, answers_after: float) -> None:
    found = await chat_failure(lambda: asyncio.sleep(answers_after), seconds=seconds)
    assert found.type == failures.MODEL_TIMEOUT
    assert found.details[0]["charge"] == "reservation"


@pytest.mark.parametrize("shutdown", [True, False])
async def test_a_cancel_stops_the_call_in_flight_and_a_stopping_worker_is_a_lost_connection(shutdown: bool) -> None:
    environment = ActivityEnvironment()
    call = asyncio.ensure_future(environment.run(chat_activity(Scripted(lambda: asyncio.sleep(60))), REQUEST))
    await asyncio.sleep(0.05)
    environment.cancel(ActivityCancellationDetails(cancel_requested=not shutdown, worker_shutdown=shutdown))
    if not shutdown:
        with pytest.raises(asyncio.CancelledError):
            await call
        return
    with pytest.raises(ApplicationError) as caught:
        await call
    assert caught.value.type == failures.CONNECTION_FAILED
    assert caught.value.details[0]["charge"] == "reservation"


async def test_texts_behind_references_are_fetched() -> None:
    store = MemoryStore()
    kept = keep_large(store, "x" * LARGE)
    assert isinstance(kept, Reference)
    asked = replace(REQUEST, prompt=None, instructions="short", references=[[[0], kept.hash, kept.size]])
    provider = Scripted(lambda: ANSWER)
    assert await ActivityEnvironment().run(chat_activity(provider, store), asked) == ANSWER
    assert provider.asked == [replace(REQUEST, prompt="x" * LARGE, instructions="short")]


@pytest.mark.parametrize("store", [None, MemoryStore()])
async def test_a_text_that_cannot_be_read_costs_nothing(store: ObjectStore | None) -> None:
    found = await chat_failure(lambda: ANSWER, replace(REQUEST, references=[[[0], "0" * 64, 9]]), store)
    if store is None:
        assert (found.type, found.details[0]["charge"]) == (failures.CONNECTION_FAILED, "none")
    else:
        assert (found.type, found.details) == (told_by_worker(failures.OBJECT_MISSING), ("0" * 64,))


async def evaluate(
    store: ObjectStore, expression: Any, scope: dict[str, Any], most_bytes: int | None = None
) -> EvaluateResult:
    dumped = {name: dump(value) for name, value in scope.items()}
    request = EvaluateRequest(encode(expression), dumped, now=0, most_bytes=most_bytes)
    result: EvaluateResult = await ActivityEnvironment().run(evaluate_activity(store), request)
    return result


async def test_an_expression_over_a_stored_value_knows_its_types() -> None:
    store = MemoryStore()
    bill = keep_large(store, [{"total": Decimal("12.50"), "note": "x" * LARGE}])
    assert isinstance(bill, Reference)
    first = FunctionCall("last", (Argument(None, Name("bills")), Argument(None, Literal(1))))
    result = await evaluate(store, first, {"bills": bill})
    kept = load(result.value)
    assert isinstance(kept, Reference), "what comes out is large again"
    total = Binary("+", Get(Name("bill"), "total"), Literal(Decimal("0.50")))
    inner = keep_large(store, {"total": Decimal("12.50"), "note": "x" * LARGE})
    assert load((await evaluate(store, total, {"bill": inner})).value) == Decimal("13.00")


async def test_what_came_from_outside_is_held_against_its_type() -> None:
    store = MemoryStore()
    item = RecordType((Field("n", NamedType("decimal")), Field("tag", NamedType("text"), default=Literal("none" * 50))))
    rows = keep_large(store, [{"n": n, "more": "x" * 100} for n in range(1_000)])

    async def held(most: int) -> EvaluateResult:
        request = EvaluateRequest(encode(Name("a")), {"a": dump(rows)}, now=0, received=encode(ListType(item, most)))
        result: EvaluateResult = await ActivityEnvironment().run(evaluate_activity(store), request)
        return result

    kept = load((await held(1_000)).value)
    assert content_of(store, kept)[7] == {"n": Decimal(7), "tag": "none" * 50}
    refused = await held(999)
    assert (refused.error_kind, refused.error_message) == (UNFIT, "at most 999 items are allowed, not 1000")


async def test_a_stretch_of_a_list_is_its_first_items() -> None:
    store = MemoryStore()
    rows = keep_large(store, [{"n": n, "pad": "x" * 1_000} for n in range(100)])

    async def stretch(expression: Any, most: int) -> Any:
        return load((await evaluate(store, expression, {"rows": rows}, most)).value)

    rest = Slice(Name("rows"), Literal(90), None)
    taken = await stretch(rest, 5_000)
    assert [row["n"] for row in taken] == [90, 91, 92, 93]
    assert len(encoded(taken)) <= 5_000 < len(encoded([*taken, taken[0]]))
    assert [row["n"] for row in await stretch(rest, 10**6)] == list(range(90, 100))
    assert [row["n"] for row in await stretch(rest, 1)] == [90], "one at least"
    assert await stretch(Slice(Name("rows"), Literal(100), None), 1) == []
    refused = await evaluate(store, Index(Name("rows"), Literal(1)), {"rows": rows}, 1)
    assert (refused.error_kind, refused.error_message) == ("TypeMismatch", "this goes over a list, not a record")


async def test_large_items_of_a_stretch_are_references() -> None:
    store = MemoryStore()
    texts = keep_large(store, ["short", "x" * LARGE, "y" * LARGE])
    result = await evaluate(store, Name("texts"), {"texts": texts}, 300)
    short, first, second = load(result.value)
    assert short == "short"
    assert (content_of(store, first), content_of(store, second)) == ("x" * LARGE, "y" * LARGE)


async def test_the_authors_mistake_is_a_value() -> None:
    result = await evaluate(MemoryStore(), Binary("//", Literal(1), Name("none")), {"none": 0})
    assert (result.error_kind, result.value) == ("DivisionByZero", None)
    assert result.error_message


async def test_a_missing_object_is_told_with_its_digest() -> None:
    with pytest.raises(ApplicationError) as caught:
        await evaluate(MemoryStore(), Get(Name("a"), "b"), {"a": Reference("0" * 64, 9)})
    assert (caught.value.type, caught.value.details) == (told_by_worker(failures.OBJECT_MISSING), ("0" * 64,))
    assert caught.value.non_retryable, "the interpreter waits, where it can be seen"


async def test_a_state_is_kept_as_it_is() -> None:
    store = MemoryStore()
    state = {"frames": {"a": [1, None, {"$decimal": "1.5"}]}, "text": "ü"}
    environment = ActivityEnvironment()
    reference = await environment.run(store_activity(store), state)
    assert reference.keys() == {"kept", "size"}
    assert json.loads(store.get(reference["kept"])) == state


async def test_a_conversation_is_passed_on_unread_beside_a_large_value() -> None:
    store = MemoryStore()
    talk = conversation(Reference("0" * 64, 900), [{"role": "user", "text": "Hello"}], [900, 40])
    big = keep_large(store, "x" * LARGE)
    record = RecordLiteral(
        (Entry("talk", Name("talk")), Entry("n", FunctionCall("len", (Argument(None, Name("big")),))))
    )
    result = await evaluate(store, record, {"talk": talk, "big": big})
    assert load(result.value) == {"talk": talk, "n": LARGE}


async def test_a_record_that_only_looks_like_a_conversation_is_looked_into() -> None:
    store = MemoryStore()
    row = {"head": keep_large(store, "x" * LARGE), "tail": [], "sizes": [5]}
    length = FunctionCall("len", (Argument(None, Get(Name("row"), "head")),))
    assert load((await evaluate(store, length, {"row": row})).value) == LARGE
