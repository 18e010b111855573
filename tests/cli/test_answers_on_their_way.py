"""An answer that is on its way when its question closes, and when the run ends just then."""

import asyncio

import pytest

from interpreter.boundary.payloads import AnswerReply
from interpreter.cli.accompany import to_its_end


@pytest.mark.asyncio
@pytest.mark.parametrize("cancels", [0, 1, 2])
async def test_it_is_heard_of_however_often_nobody_waits_any_more(cancels: int) -> None:
    arrived, reply = asyncio.Event(), AnswerReply(True, "approved", "")

    async def give() -> AnswerReply:
        await arrived.wait()
        return reply

    waiting = asyncio.create_task(to_its_end(give()))
    for _ in range(cancels):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
    arrived.set()
    assert await waiting == reply
