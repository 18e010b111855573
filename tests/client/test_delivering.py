"""What is given to a run that takes no more until it continues as new."""

from collections.abc import Awaitable, Callable

import pytest
from temporalio.service import RPCError, RPCStatusCode

from interpreter.client import delivering
from interpreter.client.delivering import until_taken
from interpreter.client.errors import ClientError, NoWorker

FULL = "The limit on the total number of distinct updates in this workflow has been reached (2000). Make sure any …"
NOBODY = "no poller seen for task queue recently, worker may be down"


def refusing(times: int, words: str) -> tuple[list[int], Callable[[], Awaitable[str]]]:
    tried: list[int] = []

    async def give() -> str:
        tried.append(len(tried))
        if len(tried) <= times:
            raise RPCError(words, RPCStatusCode.FAILED_PRECONDITION, b"")
        return "taken"

    return tried, give


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "BUSY_WAITS", (0.0, 0.0, 0.0))


async def test_it_is_given_again_until_there_is_room() -> None:
    tried, give = refusing(2, FULL)
    assert await until_taken("r", give) == "taken"
    assert len(tried) == 3


async def test_who_waits_in_vain_is_told_why() -> None:
    _, give = refusing(99, FULL)
    with pytest.raises(ClientError, match="the run r has taken as much as the server lets in at a time") as refused:
        await until_taken("r", give)
    assert not isinstance(refused.value, NoWorker)


async def test_a_run_without_a_worker_is_told_at_once() -> None:
    tried, give = refusing(99, NOBODY)
    with pytest.raises(NoWorker):
        await until_taken("r", give)
    assert len(tried) == 1
