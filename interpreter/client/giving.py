"""Give a run an answer, or anything else that it replies to, once."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError

from interpreter.boundary import names
from interpreter.boundary.move import Move
from interpreter.boundary.payloads import Answer, AnswerReply
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.client.delivering import kept_words, was_missed
from interpreter.client.errors import AnswerKept, AnswerRefused, ClientError, MoveRefused, TellRefused
from interpreter.client.sending import refused

if TYPE_CHECKING:
    from interpreter.client.run import Run

UPDATE_TIMEOUT = timedelta(seconds=15)


async def give(run: "Run", given: Answer | Tell | Send | Move) -> AnswerReply:
    update, refusal = _UPDATES[type(given)]
    id_ = uuid.uuid4().hex if isinstance(given, Send) else given.id  # a run knows an event again by itself
    try:
        reply: AnswerReply = await run.handle.execute_update(
            update, given, id=id_, result_type=AnswerReply, rpc_timeout=UPDATE_TIMEOUT
        )
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        if isinstance(error.__cause__, asyncio.CancelledError):  # we were told to stop, and nothing is known
            raise asyncio.CancelledError from error
        raise AnswerKept(kept_words(run.id, (await run.describe()).task_queue, given)) from error
    except WorkflowUpdateFailedError as error:
        if was_missed(error):
            raise
        raise refusal(error) from error
    return reply


def _why(error: WorkflowUpdateFailedError) -> str:
    cause = error.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause)


_UPDATES: dict[type, tuple[str, Callable[[WorkflowUpdateFailedError], ClientError]]] = {
    Answer: (names.ANSWER_UPDATE, lambda error: AnswerRefused(_why(error))),
    Tell: (names.TELL_UPDATE, lambda error: TellRefused(_why(error))),
    Move: (names.MOVE_UPDATE, lambda error: MoveRefused(_why(error))),
    Send: (names.SEND_UPDATE, refused),
}
