"""Who gave an answer: looked up in the worker's people file, which is read anew each time, so keys can be changed while
runs wait. The verdict is recorded, so a replay needs no file.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio import activity

from interpreter.boundary.names import VERIFY_ANSWER_ACTIVITY
from interpreter.boundary.payloads import AnswerVerdict, VerifyAnswerRequest


def verify_answer_activity(people: Path | None) -> Callable[[VerifyAnswerRequest], Awaitable[AnswerVerdict]]:
    @activity.defn(name=VERIFY_ANSWER_ACTIVITY)
    async def verify_answer(request: VerifyAnswerRequest) -> AnswerVerdict:
        if people is None:
            return AnswerVerdict("unverified")
        return await asyncio.to_thread(_verified, request, people)

    return verify_answer


def _verified(request: VerifyAnswerRequest, people: Path) -> AnswerVerdict:
    # Keys need a large library, and few workers know people.
    from interpreter.identity.errors import UnusablePeople
    from interpreter.identity.people import read_people
    from interpreter.identity.verdicts import verdict

    try:
        return verdict(request, read_people(people))
    except UnusablePeople as error:
        activity.logger.error("no answer can be taken: %s", error)
        return AnswerVerdict("refused", reason="the worker of this run cannot read its people file; tell who runs it")
