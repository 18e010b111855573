"""An answer that is larger than the server lets through is put together of parts, which belong to one telling."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.client import WorkflowQueryFailedError
from temporalio.converter import DataConverter

from interpreter.boundary import parts
from interpreter.boundary.names import EVENT_QUERY, PART_QUERY
from interpreter.converter import queries
from interpreter.converter.queries import asked

CLIENT: Any = SimpleNamespace(data_converter=DataConverter.default)


class Large:
    """A run that says something else each time that it has gone on, after so many questions."""

    def __init__(self, goes_on: int, words: str = "Blob data size exceeds limit.") -> None:
        self.goes_on, self.words, self.asked = goes_on, words, 0
        self.arguments: list[Any] = []

    async def query(self, query: str, *, args: list[Any], result_type: type, rpc_timeout: timedelta) -> Any:
        if query != PART_QUERY:
            raise WorkflowQueryFailedError(self.words)
        self.asked += 1
        self.arguments = args
        telling = min(self.asked, self.goes_on)
        return parts.part_of(json.dumps([telling, "x" * 50]).encode(), args[1])


async def told(run: Any) -> list[Any]:
    return await asked(CLIENT, run, EVENT_QUERY, ["the-id"], list, timedelta(seconds=1))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SIZE", 10)
    monkeypatch.setattr(queries, "PAUSE", 0)


@pytest.mark.parametrize("goes_on", [1, 3])
async def test_it_is_asked_for_anew_where_the_run_has_gone_on(goes_on: int) -> None:
    run = Large(goes_on)
    assert await told(run) == [goes_on, "x" * 50]
    assert run.arguments[0] == EVENT_QUERY
    assert run.arguments[2] == "the-id"


async def test_a_run_that_never_stands_still_is_told_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_TRIES", 3)
    with pytest.raises(WorkflowQueryFailedError, match="Blob data"):
        await told(Large(10**6))


async def test_whatever_else_fails_is_asked_once() -> None:
    run = Large(1, "no such run")
    with pytest.raises(WorkflowQueryFailedError, match="no such run"):
        await told(run)
    assert run.asked == 0
