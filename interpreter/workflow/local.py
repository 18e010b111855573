"""Work that the worker that has the run does within the workflow task: quick reads, evaluations beside large values,
who gave an answer. It costs one event instead of three, and no way through the server.

It must be over soon (`limits.Room`). What does not end in time, or cannot be done here (another worker has the tool,
the store does not answer), is done like any other activity, with the whole of its time: all of it may be done twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError, TimeoutError

from interpreter.boundary.caps import Claim, ClaimReply, ClaimRequest, Settlement
from interpreter.boundary.failures import NOT_REGISTERED, OBJECT_MISSING
from interpreter.boundary.names import (
    CAPTURE_ACTIVITY,
    CLAIM_ACTIVITY,
    EVALUATE_ACTIVITY,
    INLINE_ACTIVITY,
    KEEP_ANSWER_ACTIVITY,
    PAUSE_ACTIVITY,
    QUICK_ACTIVITY,
    RECEIVE_ACTIVITY,
    RECEIVE_KEPT_ACTIVITY,
    SETTLE_ACTIVITY,
    VERIFY_ANSWER_ACTIVITY,
    fitting,
)
from interpreter.boundary.payloads import (
    JSON,
    AnswerVerdict,
    CaptureRequest,
    EvaluateRequest,
    EvaluateResult,
    InlineRequest,
    InlineResult,
    QuickRequest,
    ReceiveRequest,
    References,
    VerifyAnswerRequest,
)
from interpreter.boundary.statements import run_identity
from interpreter.boundary.told import heard, is_workers
from interpreter.core.commands import CallTool, Evaluate, Pause, Settle, VerifyAnswer
from interpreter.workflow.limits import LARGEST_PAYLOAD, Room, local_work_at_most, size_of

ONCE = RetryPolicy(maximum_attempts=1)
"""The machine decides on every retry."""
ELSEWHERE = timedelta(seconds=30)
"""For one attempt of what could not be done here; Temporal repeats it until it is done."""
VERIFICATION_TIMEOUT = timedelta(seconds=10)
SETTLEMENT_TIMEOUT = timedelta(minutes=5)
"""After that a claim stays set aside: a run does not wait for its books for ever, to end."""

MOST_RECEIVED_HERE = 500_000
"""Bytes of an answer that are read and validated here: more take half a second and longer."""

Handle = workflow.ActivityHandle[Any]


def evaluation(command: Evaluate, room: Room) -> Any:
    request = EvaluateRequest(
        command.expression, command.scope, workflow.time(), command.most_bytes, command.types, command.received
    )
    here = _here(command.id, EVALUATE_ACTIVITY, request, EvaluateResult)
    return _here_first(here, lambda: _evaluated_elsewhere(command.id, request, room))


async def _evaluated_elsewhere(id_: str, request: EvaluateRequest, room: Room) -> EvaluateResult:
    """The scope travels. One that is too large for that is evaluated here once more, and takes its time: only then can
    the SDK end the task before it.
    """
    size = size_of(request)
    if size > LARGEST_PAYLOAD:
        handle = workflow.start_local_activity(
            EVALUATE_ACTIVITY, request, result_type=EvaluateResult, start_to_close_timeout=ELSEWHERE
        )
    else:
        await room.for_sending(size)
        handle = _elsewhere(id_, EVALUATE_ACTIVITY, request, EvaluateResult)
    evaluated: EvaluateResult = await handle
    return evaluated


def pause(command: Pause) -> Handle:
    return workflow.start_local_activity(
        PAUSE_ACTIVITY, activity_id=fitting(command.id), start_to_close_timeout=ELSEWHERE
    )


def verification(command: VerifyAnswer) -> Any:
    info = workflow.info()
    run = run_identity(info.workflow_id, info.first_execution_run_id)
    request = VerifyAnswerRequest(command.answer, run, command.at)
    here = _here(command.id, VERIFY_ANSWER_ACTIVITY, request, AnswerVerdict)
    return _here_first(here, lambda: _verified_elsewhere(command.id, request), only_if=_is_late)


def claimed(id_: str, claims: list[Claim]) -> Any:
    """Until it is done: nothing is spent that is not set aside."""
    return _both(f"{id_}!claim", CLAIM_ACTIVITY, ClaimRequest(claims), ClaimReply)


def settlement(command: Settle, room: Room) -> Any:
    return asyncio.create_task(_settled(command, room))


async def _settled(command: Settle, room: Room) -> None:
    await room.for_local()
    request = Settlement(command.claim, command.usd, command.tokens, command.ends)
    here = _here(command.id, SETTLE_ACTIVITY, request, type(None))
    await _here_first(here, lambda: _settled_elsewhere(command.id, request))


def _settled_elsewhere(id_: str, request: Settlement) -> Handle:
    return workflow.start_activity(
        SETTLE_ACTIVITY,
        request,
        activity_id=fitting(id_),
        start_to_close_timeout=ELSEWHERE,
        schedule_to_close_timeout=SETTLEMENT_TIMEOUT,
    )


def capture(command: CallTool) -> Any:
    return _both(command.id, CAPTURE_ACTIVITY, CaptureRequest(command.tool, command.schema), RawValue)


def inlined(command: CallTool, arguments: JSON, references: References) -> Any:
    """The worker on a queue of its own may be anyone's: it gets plain JSON, whole, or nothing when that is too much."""
    request = InlineRequest(arguments, references, LARGEST_PAYLOAD)
    return _both(f"{command.id}!inline", INLINE_ACTIVITY, request, InlineResult)


def quick_call(command: CallTool, arguments: JSON, elsewhere: Callable[[], Handle]) -> Any:
    """To be called where the headers of the call are set."""
    request = QuickRequest(tool=command.tool, arguments=arguments)
    most = min(timedelta(milliseconds=command.timeout), local_work_at_most())
    here = _here(command.id, QUICK_ACTIVITY, request, RawValue, most, command.summary)
    return _here_first(here, elsewhere, only_if=_is_for_another_worker)


async def receipt(id_: str, request: ReceiveRequest, answer: RawValue, room: Room) -> RawValue:
    """Of a large answer. Where it takes long it is done elsewhere; then the answer goes through the store, because as
    an argument it would stand in history a second time.
    """
    id_ = f"{id_}!receive"
    if len(answer.payload.data) <= MOST_RECEIVED_HERE:
        here = workflow.start_local_activity(
            RECEIVE_ACTIVITY,
            args=[request, answer],
            result_type=RawValue,
            activity_id=fitting(id_),
            schedule_to_close_timeout=local_work_at_most(),
            retry_policy=ONCE,
        )
        received: RawValue = await _here_first(here, lambda: _received_elsewhere(id_, request, answer, room), _is_late)
        return received
    return await _received_elsewhere(id_, request, answer, room)


async def _received_elsewhere(id_: str, request: ReceiveRequest, answer: RawValue, room: Room) -> RawValue:
    await room.for_local()
    request.kept = await _here(f"{id_}!keep", KEEP_ANSWER_ACTIVITY, answer, str)
    received: RawValue = await _elsewhere(id_, RECEIVE_KEPT_ACTIVITY, request, RawValue)
    return received


def _both(id_: str, activity: str, request: Any, result_type: type) -> Any:
    here = _here(id_, activity, request, result_type)
    return _here_first(here, lambda: _elsewhere(id_, activity, request, result_type))


def _here(
    id_: str, activity: str, request: Any, result_type: type, most: timedelta | None = None, summary: str | None = None
) -> Handle:
    return workflow.start_local_activity(
        activity,
        request,
        result_type=result_type,
        activity_id=fitting(id_),
        schedule_to_close_timeout=most or local_work_at_most(),
        retry_policy=ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )


def _elsewhere(id_: str, activity: str, request: Any, result_type: type) -> Handle:
    return workflow.start_activity(
        activity,
        request,
        result_type=result_type,
        activity_id=fitting(id_),
        start_to_close_timeout=ELSEWHERE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )


def _verified_elsewhere(id_: str, request: VerifyAnswerRequest) -> Handle:
    """Once: somebody waits for the reply."""
    return workflow.start_activity(
        VERIFY_ANSWER_ACTIVITY,
        request,
        result_type=AnswerVerdict,
        activity_id=fitting(id_),
        schedule_to_close_timeout=VERIFICATION_TIMEOUT,
        retry_policy=ONCE,
    )


def _is_not_done(error: FailureError) -> bool:
    """Whether another try may do it: all of it but an object that is gone, for which the machine waits."""
    return not (isinstance(error, ApplicationError) and _is_workers_word(error, OBJECT_MISSING))


def _is_for_another_worker(error: FailureError) -> bool:
    return _is_late(error) or (isinstance(error, ApplicationError) and _is_workers_word(error, NOT_REGISTERED))


def _is_late(error: FailureError) -> bool:
    return isinstance(error, TimeoutError)


def _is_workers_word(error: ApplicationError, kind: str) -> bool:
    return is_workers(error.type) and heard(error.type).kind == kind


def _here_first(
    here: Handle, elsewhere: Callable[[], Awaitable[Any]], only_if: Callable[[FailureError], bool] = _is_not_done
) -> Any:
    """What did not heed a cancel while it ran here need not be made again."""
    task: asyncio.Task[Any] = asyncio.create_task(_tried(here, elsewhere, only_if, lambda: task.cancelling() > 0))
    return task


async def _tried(
    here: Handle,
    elsewhere: Callable[[], Awaitable[Any]],
    only_if: Callable[[FailureError], bool],
    is_cancelled: Callable[[], bool],
) -> Any:
    try:
        return await here
    except FailureError as error:
        cause = error.cause if isinstance(error, ActivityError) else error
        if not isinstance(cause, FailureError) or isinstance(cause, CancelledError) or not only_if(cause):
            raise
    if is_cancelled():
        raise asyncio.CancelledError
    return await elsewhere()
