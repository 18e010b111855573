"""Staying with a run: what has to be heard, whatever comes first."""

import asyncio

from interpreter.boundary.payloads import AnswerReply
from interpreter.cli.accompany import to_its_end


async def test_the_reply_to_an_answer_is_heard_though_its_question_is_closed_by_it() -> None:
    """That the question is closed is noted before the reply has come."""
    reply, answered = AnswerReply(True, "approved", "approved"), asyncio.Event()

    async def give() -> AnswerReply:
        await answered.wait()
        return reply

    giving = asyncio.create_task(to_its_end(give()))
    await asyncio.sleep(0)
    giving.cancel()
    await asyncio.sleep(0)
    assert not giving.done()
    answered.set()
    assert await giving is reply
