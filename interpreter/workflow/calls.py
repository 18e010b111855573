"""Activities of a run: started, and cancelled."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy

from dsl.values.references import parted
from interpreter.boundary.names import (
    CAPTURE_ACTIVITY,
    CHAT_ACTIVITY,
    EVALUATE_ACTIVITY,
    INLINE_ACTIVITY,
    PAUSE_ACTIVITY,
    VERIFY_ANSWER_ACTIVITY,
    fitting,
)
from interpreter.boundary.payloads import (
    AnswerVerdict,
    CaptureRequest,
    ChatResult,
    EvaluateRequest,
    EvaluateResult,
    InlineRequest,
    InlineResult,
    References,
    VerifyAnswerRequest,
)
from interpreter.boundary.statements import run_identity
from interpreter.core.commands import AttemptModel, CallTool, Evaluate, Pause, VerifyAnswer
from interpreter.workflow.beside import request_parted
from interpreter.workflow.headers import for_call
from interpreter.workflow.limits import LARGEST_PAYLOAD

Call = CallTool | AttemptModel | Evaluate | Pause | VerifyAnswer
Ended = Callable[[Call, Any, BaseException | None], None]
"""Told how a call ended, in a callback: it may only take note."""

ONCE = RetryPolicy(maximum_attempts=1)
"""The machine decides on every retry."""
CHAT_HEARTBEAT = timedelta(seconds=15)
EVALUATE_TIMEOUT = timedelta(seconds=30)
VERIFICATION_TIMEOUT = timedelta(seconds=10)


class NeverSent(asyncio.CancelledError):
    """A call that was cancelled in the very workflow task that would have sent it."""


class Calls:
    def __init__(self, ended: Ended) -> None:
        self._ended = ended
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._begun: dict[str, int] = {}

    @property
    def in_flight(self) -> int:
        return len(self._running)

    def start(self, command: Call) -> None:
        handle = _START[type(command)](command)
        self._running[command.id] = handle
        self._begun[command.id] = workflow.info().get_current_history_length()
        handle.add_done_callback(lambda ended: self._done(command, ended))

    def cancel(self, id_: str) -> None:
        """Cancel a call, if it still runs; how it ended comes all the same."""
        if id_ in self._running:
            self._running[id_].cancel()

    def _done(self, command: Call, ended: "asyncio.Task[Any]") -> None:
        del self._running[command.id]
        never_left = self._begun.pop(command.id) == workflow.info().get_current_history_length()
        if ended.cancelled():
            self._ended(command, None, NeverSent() if never_left else asyncio.CancelledError())
            return
        error = ended.exception()
        self._ended(command, None if error else ended.result(), error)


def _start_tool(command: Any) -> Any:
    if command.staged:
        return _start_capture(command)
    arguments, references = parted(command.arguments)
    if references and command.queue is not None:
        return asyncio.create_task(_call_inline(command, arguments, references))
    return _started(command, arguments, references)


async def _call_inline(command: CallTool, arguments: Any, references: References) -> Any:
    """The worker on a queue of its own may be anyone's: it gets plain JSON, whole, or nothing when that is too much."""
    request = InlineRequest(arguments, references, LARGEST_PAYLOAD)
    inline: InlineResult = await workflow.execute_local_activity(
        INLINE_ACTIVITY, request, result_type=InlineResult, start_to_close_timeout=EVALUATE_TIMEOUT
    )
    return inline if inline.data is None else await _started(command, inline.data, [])


def _started(command: CallTool, arguments: Any, references: References) -> Any:
    with for_call(command, references):
        return workflow.start_activity(
            command.tool,
            arguments,
            result_type=RawValue,
            activity_id=fitting(command.id),
            task_queue=command.queue,
            start_to_close_timeout=timedelta(milliseconds=command.timeout),
            heartbeat_timeout=timedelta(milliseconds=command.heartbeat) if command.heartbeat is not None else None,
            retry_policy=ONCE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=command.summary if command.summary != command.tool else None,
        )


def _start_capture(command: CallTool) -> Any:
    return workflow.start_local_activity(
        CAPTURE_ACTIVITY,
        CaptureRequest(command.tool, command.schema),
        result_type=RawValue,
        activity_id=fitting(command.id),
        start_to_close_timeout=EVALUATE_TIMEOUT,
    )


def _start_model(command: Any) -> Any:
    return workflow.start_activity(
        CHAT_ACTIVITY,
        request_parted(command.request),
        result_type=ChatResult,
        activity_id=fitting(command.id),
        start_to_close_timeout=timedelta(milliseconds=command.timeout),
        heartbeat_timeout=CHAT_HEARTBEAT,
        retry_policy=ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=command.summary,
    )


def _start_evaluation(command: Any) -> Any:
    return workflow.start_local_activity(
        EVALUATE_ACTIVITY,
        EvaluateRequest(command.expression, command.scope, workflow.time(), command.most_bytes),
        result_type=EvaluateResult,
        activity_id=fitting(command.id),
        start_to_close_timeout=EVALUATE_TIMEOUT,
    )


def _start_pause(command: Any) -> Any:
    return workflow.start_local_activity(
        PAUSE_ACTIVITY, activity_id=fitting(command.id), start_to_close_timeout=EVALUATE_TIMEOUT
    )


def _start_verification(command: Any) -> Any:
    info = workflow.info()
    run = run_identity(info.workflow_id, info.first_execution_run_id)
    return workflow.start_local_activity(
        VERIFY_ANSWER_ACTIVITY,
        VerifyAnswerRequest(command.answer, run, command.at),
        result_type=AnswerVerdict,
        activity_id=fitting(command.id),
        schedule_to_close_timeout=VERIFICATION_TIMEOUT,
        retry_policy=ONCE,
    )


_START: dict[type, Callable[[Any], Any]] = {
    CallTool: _start_tool,
    AttemptModel: _start_model,
    Evaluate: _start_evaluation,
    Pause: _start_pause,
    VerifyAnswer: _start_verification,
}
