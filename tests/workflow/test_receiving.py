"""A large answer of a worker that is not ours: when it is looked at, and that it is never lost."""

import asyncio
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from dsl.ast.types import NamedType
from interpreter.boundary.names import RECEIVE_ACTIVITY, REFERENCES
from interpreter.workflow import limits
from interpreter.workflow.moments import Moments
from interpreter.workflow.receiving import LARGE_ANSWER, is_large, received
from tests.workflow.played import Played, settle

RECEIVED = f"local {RECEIVE_ACTIVITY}"


def answer(size: int, **metadata: bytes) -> RawValue:
    return RawValue(Payload(metadata={"encoding": b"json/plain", **metadata}, data=b'"' + b"x" * (size - 2) + b'"'))


@pytest.mark.parametrize(
    ("given", "large"),
    [
        (answer(LARGE_ANSWER), False),
        (answer(LARGE_ANSWER + 1), True),
        (answer(LARGE_ANSWER + 1, **{REFERENCES: b"[]"}), False),
        (answer(LARGE_ANSWER + 1, encoding=b"binary/plain"), False),
    ],
)
def test_what_no_worker_of_ours_answers(given: RawValue, large: bool) -> None:
    assert is_large(given) is large


class Receiving:
    def __init__(self) -> None:
        self.room = limits.Room(Moments())
        self.given = answer(LARGE_ANSWER + 1)
        self.task: asyncio.Task[Any] = asyncio.create_task(
            received("main/a", self.given, NamedType("text"), {}, self.room)
        )


async def test_it_is_looked_at_early_in_a_task_only(played: Played) -> None:
    began = played.now
    receiving = Receiving()
    played.now = began + limits.LOCAL_BEGIN * 10 + 0.1
    await settle()
    assert played.names == ["timer"]
    played.now, played.info_.length = began, 20
    played.take("timer").end()
    await settle()
    assert played.names == [RECEIVED]
    played.take(RECEIVED).end(answer(10))
    await settle()
    assert receiving.task.result().payload == answer(10).payload


async def test_what_cannot_be_looked_at_comes_as_it_came(played: Played) -> None:
    receiving = Receiving()
    await settle()
    played.take(RECEIVED).fail(ApplicationError("it does not fit"))
    await settle()
    assert receiving.task.result() is receiving.given
