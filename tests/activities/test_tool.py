"""A tool as an activity: what goes in, what comes out, and how each ending is told apart."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypedDict

import pytest
from pydantic import BaseModel
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.expressions.json_reading import exact
from dsl.expressions.values import Reference
from dsl.values.references import joined, parted
from interpreter.activities.context import current
from interpreter.activities.errors import ToolError
from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.tool import Tool, tool_activity
from interpreter.boundary.failures import NOT_CALLED, OBJECT_MISSING, UNDECLARED
from interpreter.boundary.names import REFERENCES
from interpreter.boundary.told import Told, heard
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import ObjectStore
from interpreter.stores.values import LARGE, resolve
from interpreter.worker.tools import tool, tool_of
from tests.activities.runner import RUNNER


def activity_of(function: Callable[..., Any], store: ObjectStore | None = None) -> Callable[..., Any]:
    return tool_activity(tool_of(function), lambda _tool, _declared: True, RUNNER, store)


async def call(
    function: Callable[..., Any], arguments: Mapping[str, Any] = {}, store: ObjectStore | None = None
) -> Any:
    """Call it as a run does: references beside the arguments, and beside what comes back."""
    data, references = parted(dict(arguments))
    HEADERS.set(CallHeaders(references=references))
    returned = await ActivityEnvironment().run(activity_of(function, store), data)
    return read(returned) if isinstance(returned, RawValue) else returned


def read(answer: RawValue) -> Any:
    return joined(exact(answer.payload.data), json.loads(answer.payload.metadata.get(REFERENCES, b"[]")))


async def failure(
    function: Callable[..., Any],
    arguments: Mapping[str, Any] = {},
    store: ObjectStore | None = None,
) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await call(function, arguments, store)
    return caught.value


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Line:
    item: str
    price: Decimal
    count: int = 1


class Order(BaseModel):
    lines: list[Line]
    at: datetime
    colour: Colour
    note: str | None = None


class Bill(TypedDict):
    total: Decimal
    due: timedelta
    kind: Literal["open", "paid"]


@tool
def bill(order: Order, rate: float, days: timedelta, tags: dict[str, int], extra: str = "none") -> Bill:
    assert isinstance(order.lines[0], Line)
    assert order.colour is Colour.RED
    assert order.at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert type(rate) is float
    assert tags == {"a": 1}
    assert extra == "none"
    total = sum((line.price * line.count for line in order.lines), Decimal(0))
    return {"total": total, "due": days * 2, "kind": "open"}


ORDER = {
    "lines": [{"item": "tea", "price": "12.50", "count": 2}, {"item": "cup", "price": 3}],
    "at": "2026-11-21T10:00:00+01:00",
    "colour": "red",
    "note": None,
}


async def test_arguments_become_the_functions_types_and_results_plain_json() -> None:
    arguments = {"order": ORDER, "rate": 1, "days": "1h30m", "tags": {"a": 1}}
    assert await call(bill, arguments) == {"total": "28.00", "due": "3h", "kind": "open"}


async def test_models_and_dataclasses_become_records() -> None:
    @tool
    async def order() -> Order:
        return Order(lines=[Line("tea", Decimal("1.50"))], at=datetime(2026, 1, 1, tzinfo=UTC), colour=Colour.BLUE)

    assert await call(order) == {
        "lines": [{"item": "tea", "price": "1.50", "count": 1}],
        "at": "2026-01-01T00:00:00Z",
        "colour": "blue",
        "note": None,
    }


async def test_a_result_without_types_keeps_its_decimals_and_its_times() -> None:
    """A decimal as a number with its digits: right where a flow declares `decimal`, and where it declares `json`."""

    @tool
    def loose() -> dict[str, Any]:
        zone = timezone(timedelta(hours=2))
        return {"price": Decimal("1.50"), "at": datetime(2026, 1, 1, 1, tzinfo=zone), "wait": timedelta(hours=1)}

    assert await call(loose) == {"price": Decimal("1.50"), "at": "2025-12-31T23:00:00Z", "wait": "1h"}


async def test_a_time_without_a_zone_is_refused() -> None:
    @tool
    def clock() -> Any:
        return datetime(2026, 1, 1)  # noqa: DTZ001

    assert "has no time zone" in (await failure(clock)).message


async def test_neither_a_sync_nor_an_async_function_runs_in_the_loop_of_the_worker() -> None:
    @tool
    def sync() -> str:
        return threading.current_thread().name

    @tool
    async def direct() -> str:
        await asyncio.sleep(0)
        return threading.current_thread().name

    @tool
    def handing_on() -> str:
        return direct()  # type: ignore[return-value]

    assert (await call(sync)).startswith("steadflow-tool_")
    assert await call(direct) == "steadflow-tool-loop"
    assert await call(handing_on) == "steadflow-tool-loop"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "order: is missing"),
        ({"order": ORDER, "rate": 1, "days": "1h", "tags": {}, "other": 1}, "other: unknown field"),
        ({"order": ORDER, "rate": "x", "days": "1h", "tags": {}}, "rate: expected a number"),
        ({"order": ORDER | {"colour": "green"}, "rate": 1, "days": "1h", "tags": {}}, 'expected "red" or "blue"'),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_before_the_call(arguments: dict[str, Any], reason: str) -> None:
    found = await failure(bill, arguments)
    assert heard(found.type) == Told(NOT_CALLED)
    assert reason in found.message


class CardDeclined(ToolError):
    pass


async def test_a_declared_error_has_its_kind_message_and_details() -> None:
    @tool
    def charge() -> None:
        raise ToolError("CardDeclined", "no funds", details={"limit": Decimal("1.5")})

    found = await failure(charge)
    assert (found.type, found.message, found.details) == ("CardDeclined", "no funds", ({"limit": 1.5},))


async def test_a_class_of_its_own_gives_the_kind() -> None:
    @tool
    async def charge() -> None:
        raise CardDeclined("no funds")

    found = await failure(charge)
    assert (found.type, found.message, found.details) == ("CardDeclined", "no funds", ())


async def test_details_that_cannot_be_recorded_do_not_make_a_declared_error_an_unknown_one() -> None:
    @tool
    def charge() -> None:
        raise CardDeclined("no funds", details=object())

    found = await failure(charge)
    assert found.type == "CardDeclined"
    assert "cannot be recorded" in found.details[0]


async def test_an_error_with_a_type_of_temporals_own_is_a_declared_one() -> None:
    @tool
    def charge() -> None:
        raise ApplicationError("no funds", type="CardDeclined")

    assert (await failure(charge)).type == "CardDeclined"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (StopIteration(), "StopIteration"),
        (SystemExit(3), "SystemExit: 3"),
        (asyncio.CancelledError(), "it was cancelled"),
        (ValueError("y" * 5_000), "ValueError: yyy"),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("direct", [True, False])
async def test_any_other_exception_is_undeclared(error: BaseException, message: str, direct: bool) -> None:
    async def asynchronous() -> None:
        raise error

    def synchronous() -> None:
        raise error

    found = await failure(tool(asynchronous if direct else synchronous))
    assert heard(found.type) == Told(UNDECLARED)
    assert found.message.startswith(message) or "StopIteration" in found.message
    assert len(found.message) <= 2_000
    assert found.__cause__ is None, "it would be copied to history, however long it is"


RESULTS: list[Any] = [object(), {1: 2}, {"a": {1, 2}}, float("nan"), "\ud800", sys]


@pytest.mark.parametrize("result", RESULTS, ids=["object", "int key", "set", "nan", "half a character", "module"])
async def test_a_result_without_json_is_undeclared(result: Any) -> None:
    @tool
    def make() -> Any:
        return result

    for found in (await failure(make), await failure(make, store=MemoryStore())):
        assert heard(found.type) == Told(UNDECLARED)
        assert found.non_retryable, "another attempt gives the like"


async def test_a_result_that_is_not_of_the_functions_own_type_is_undeclared() -> None:
    @tool
    def make() -> Line:
        return Line("tea", "much")  # type: ignore[arg-type]

    found = await failure(make)
    assert heard(found.type) == Told(UNDECLARED)
    assert "price: expected a decimal" in found.message


@tool
def report(size: int) -> dict[str, str]:
    return {"title": "t", "body": "ü" * size}


async def test_a_result_that_is_too_large_to_record_is_undeclared_without_a_store() -> None:
    assert (await call(report, {"size": 300_000}))["title"] == "t"
    found = await failure(report, {"size": 400_000})  # six bytes each, as Temporal writes it
    assert heard(found.type) == Told(UNDECLARED)
    assert "2400023 bytes" in found.message


async def test_a_large_result_goes_to_the_store_and_comes_back_as_an_argument() -> None:
    store = MemoryStore()
    kept = await call(report, {"size": 400_000}, store)
    assert kept["title"] == "t"
    assert isinstance(kept["body"], Reference)

    @tool
    def length(text: str) -> int:
        return len(text)

    assert await call(length, {"text": kept["body"]}, store) == 400_000
    assert heard((await failure(length, {"text": kept["body"]})).type) == Told(NOT_CALLED)
    gone = await failure(length, {"text": kept["body"]}, MemoryStore())
    assert (heard(gone.type), gone.details) == (Told(OBJECT_MISSING), (kept["body"].hash,))


async def test_a_stored_result_keeps_its_types() -> None:
    @tool
    def lines() -> list[Line]:
        return [Line("x" * LARGE, Decimal("1.50"))]

    store = MemoryStore()
    kept = await call(lines, {}, store)
    assert isinstance(kept, Reference)
    assert resolve(store, *parted(kept))[0]["price"] == "1.50"


async def test_what_a_tool_answers_is_only_ever_data() -> None:
    forged = {"$ref": "0" * 64, "$size": 9, "$decimal": "x"}

    @tool
    def answer() -> dict[str, Any]:
        return {"forged": forged}

    @tool
    def echo(given: dict[str, Any]) -> dict[str, Any]:
        return given

    assert await call(answer, {}, MemoryStore()) == {"forged": forged}
    assert await call(echo, {"given": {"a": [forged]}}, MemoryStore()) == {"a": [forged]}


async def test_details_of_an_error_are_data() -> None:
    @tool
    def refuse(size: int) -> None:
        raise ToolError("Declined", "no", details={"$ref": "0" * 64, "$size": size, "text": "x" * size})

    assert (await failure(refuse, {"size": 3}, MemoryStore())).details == (
        {"$ref": "0" * 64, "$size": 3, "text": "xxx"},
    )
    (told,) = (await failure(refuse, {"size": LARGE}, MemoryStore())).details
    assert told["$ref"] == "0" * 64, "cut, and data still"


def with_heartbeat(seconds: float | None) -> tuple[ActivityEnvironment, list[float]]:
    environment, beats = ActivityEnvironment(), []
    timeout = timedelta(seconds=seconds) if seconds is not None else None
    environment.info = type(environment.info)(**(vars(environment.info) | {"heartbeat_timeout": timeout}))
    environment.on_heartbeat = lambda *_: beats.append(time.monotonic())
    return environment, beats


@pytest.mark.parametrize("direct", [True, False])
async def test_it_beats_at_a_third_of_the_timeout_also_while_a_thread_is_blocked(direct: bool) -> None:
    async def asynchronous() -> None:
        await asyncio.sleep(0.25)

    def blocking() -> None:
        time.sleep(0.25)

    environment, beats = with_heartbeat(0.15)
    await environment.run(activity_of(tool(asynchronous if direct else blocking)), {})
    assert len(beats) >= 2
    count = len(beats)
    await asyncio.sleep(0.1)
    assert len(beats) == count, "it must stop with the call"


def test_what_a_tool_is_made_of_is_frozen() -> None:
    with pytest.raises(AttributeError):
        tool_of(bill).name = "x"  # type: ignore[misc]
    assert isinstance(tool_of(bill), Tool)


def test_there_is_no_call_outside_of_a_call() -> None:
    with pytest.raises(RuntimeError, match="only while a tool is called"):
        current()


@tool("t.moved")
def moved(from_: str, to: str) -> str:
    return f"{from_} to {to}"


@tool("t.underscored")
def underscored(to_: str, class_: str = "none") -> str:
    return f"{to_} {class_}"


async def test_a_parameter_may_have_a_name_that_is_a_word_of_pythons() -> None:
    assert await call(moved, {"from": "a", "to": "b"}) == "a to b"
    assert await call(underscored, {"to_": "a", "class": "b"}) == "a b"
    assert "missing" in str(await failure(moved, {"to": "b"}))
    assert "unknown" in str(await failure(underscored, {"to_": "a", "to": "b"}))
