"""Send an event to a run that is to be started first where there is none under way."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import Client as TemporalClient
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from dsl.definition.definition import Definition
from interpreter.boundary import names
from interpreter.boundary.payloads import AnswerReply
from interpreter.boundary.send import Send
from interpreter.boundary.sparse import sparse
from interpreter.client.delivering import until_taken, was_missed
from interpreter.client.errors import ClientError, EventRefused, NoWorker, QueueFull, RunExists
from interpreter.client.starting import REUSE, TASK_TIMEOUT, Start, attributes_of, memo_of
from interpreter.converter.own import encrypts
from interpreter.core.arrivals import why_not
from interpreter.core.state import State

TIMEOUT = timedelta(seconds=15)


def check(definition: Definition, send: Send) -> None:
    """Whether a run that has just begun takes the event: nothing is started for one that it would refuse."""
    refusal = why_not(definition, State(definition.flow, definition.hash, ""), send)
    if refusal is not None:
        raise EventRefused(refusal.message)


async def start_or_send(client: TemporalClient, start: Start, send: Send) -> AnswerReply:
    """In one call: nobody comes in between. Also on a namespace where the search attributes are not registered."""
    start.input.options.private = encrypts(client)

    async def give() -> AnswerReply:
        try:
            return await _given(client, start, send, attributes_of(start.input))
        except RPCError as error:
            if error.status != RPCStatusCode.INVALID_ARGUMENT or "search attribute" not in error.message:
                raise
            return await _given(client, start, send, None)

    return await until_taken(start.id, give)


async def _given(
    client: TemporalClient, start: Start, send: Send, attributes: TypedSearchAttributes | None
) -> AnswerReply:
    operation = WithStartWorkflowOperation[Any, Any](
        names.WORKFLOW,
        sparse(start.input),
        id=start.id,
        task_queue=start.task_queue,
        task_timeout=TASK_TIMEOUT,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=REUSE[start.again],
        memo=memo_of(start),
        search_attributes=attributes,
        static_summary=f"{start.input.flow} {start.input.definition.hash[:12]}",
    )
    try:
        reply: AnswerReply = await client.execute_update_with_start_workflow(
            names.SEND_UPDATE, send, start_workflow_operation=operation, result_type=AnswerReply, rpc_timeout=TIMEOUT
        )
    except WorkflowUpdateFailedError as error:
        if was_missed(error):
            raise
        raise refused(error) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        if isinstance(error.__cause__, asyncio.CancelledError):
            raise asyncio.CancelledError from error
        raise NoWorker(
            f"nothing works on the task queue {start.task_queue}: nobody knows whether the run has it"
        ) from error
    except WorkflowAlreadyStartedError as error:
        raise RunExists(f"there was a run {start.id} already, and it is over; choose another id") from error
    finally:  # or the SDK says that nobody looked how the start went
        await asyncio.gather(operation.workflow_handle(), return_exceptions=True)
    if not reply.accepted:
        raise refusal_of(reply.message, reply.outcome)
    return reply


def refused(error: WorkflowUpdateFailedError) -> ClientError:
    """Why the run did not take an event."""
    cause = error.cause
    if not isinstance(cause, ApplicationError):
        return EventRefused(str(cause))
    return refusal_of(cause.message, "full" if cause.type == names.QUEUE_FULL else "refused")


def refusal_of(message: str, outcome: str) -> ClientError:
    return QueueFull(message) if outcome == "full" else EventRefused(message)
