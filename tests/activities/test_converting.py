"""Where arguments are converted: on the worker's loop only where no line of the author's can run, and none waits."""

import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, field_validator
from temporalio.testing import ActivityEnvironment

from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.running import ToolRunner
from interpreter.activities.tool import tool_activity
from interpreter.worker.tools import tool, tool_of

threads: list[threading.Thread] = []


class Order(BaseModel):
    n: int

    @field_validator("n")
    @classmethod
    def look(cls, n: int) -> int:
        threads.append(threading.current_thread())
        return n


class Colour(Enum):
    RED = "red"


@pytest.fixture
async def runner() -> AsyncIterator[ToolRunner]:
    one = ToolRunner(2)
    yield one
    one.close()


@tool("t.order")
def order(order: Order) -> int:
    return order.n


@tool("t.plain")
def plain(n: int, rate: float, name: str, sure: bool = False) -> int:
    assert (type(n), type(rate), type(name), type(sure)) == (int, float, str, bool)
    return n


async def called(function: Callable[..., Any], runner: ToolRunner, arguments: dict[str, Any]) -> int:
    """How often it was looked at elsewhere."""
    looked, look = [], runner.looked_at

    async def counting(work: Callable[[], Any], seconds: float | None) -> Any:
        looked.append(work)
        return await look(work, seconds)

    runner.looked_at = counting  # type: ignore[method-assign]
    HEADERS.set(CallHeaders())
    activity = tool_activity(tool_of(function), lambda *_: True, runner)
    await ActivityEnvironment().run(activity, arguments)
    return len(looked)


async def test_a_validator_of_the_authors_never_runs_on_the_workers_loop(runner: ToolRunner) -> None:
    threads.clear()
    assert await called(order, runner, {"order": {"n": 1}}) == 1
    assert threads
    assert threading.current_thread() not in threads


async def test_numbers_and_texts_are_converted_at_once(runner: ToolRunner) -> None:
    assert await called(plain, runner, {"n": 1, "rate": 2, "name": "a"}) == 0


def of(kind: Any) -> bool:
    def takes(x: Any) -> int:
        return 1

    takes.__annotations__["x"] = kind
    return tool_of(tool("t.takes")(takes)).takes_scalars


@pytest.mark.parametrize("kind", [bool, int, float, str])
def test_plain_are_pythons_own_numbers_and_texts(kind: type) -> None:
    assert of(kind)


@pytest.mark.parametrize("kind", [Order, Colour, Decimal, datetime, list[int], dict[str, int], int | None])
def test_no_other_type_is_plain(kind: Any) -> None:
    assert not of(kind)
