"""Activities of a run: started, held back while there are too many, cancelled.

A call that is held has not been issued; it stays pending in the state, so continuing as new in the meantime loses
nothing.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from interpreter.boundary.names import CHAT_ACTIVITY, EVALUATE_ACTIVITY
from interpreter.boundary.payloads import ChatResult, EvaluateRequest, EvaluateResult
from interpreter.core.commands import AttemptModel, CallTool, Evaluate
from interpreter.workflow.headers import for_call

Call = CallTool | AttemptModel | Evaluate
Ended = Callable[[Call, Any, BaseException | None], None]
"""Told how a call ended, in a callback: it may only take note."""

MOST_IN_FLIGHT = 1_000
"""Activities at once; the server refuses more than 2,000 and would hold the whole run up."""
MOST_BYTES_PER_TASK = 1_500_000
"""Arguments started in one workflow task; over 4 MB the server ends the run."""
ONCE = RetryPolicy(maximum_attempts=1)
"""The machine decides on every retry."""
CHAT_HEARTBEAT = timedelta(seconds=15)
EVALUATE_TIMEOUT = timedelta(seconds=30)


class Calls:
    def __init__(self, ended: Ended) -> None:
        self._ended = ended
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._held: dict[str, Call] = {}
        self._bytes = 0
        self._task_length = -1

    @property
    def in_flight(self) -> bool:
        return bool(self._running)

    @property
    def held(self) -> bool:
        return bool(self._held)

    def start(self, command: Call) -> None:
        self._held[command.id] = command

    def release(self) -> None:
        """Issue held calls, in order, as far as the limits allow."""
        length = workflow.info().get_current_history_length()
        if length != self._task_length:
            self._task_length, self._bytes = length, 0
        while self._held and len(self._running) < MOST_IN_FLIGHT and self._bytes < MOST_BYTES_PER_TASK:
            id_ = next(iter(self._held))
            self._issue(self._held.pop(id_))

    def cancel(self, id_: str) -> bool:
        """Cancel a call; False when it had not been issued, and now never will be."""
        if id_ in self._held:
            del self._held[id_]
            return False
        if id_ in self._running:
            self._running[id_].cancel()
        return True

    def _issue(self, command: Call) -> None:
        handle = _START[type(command)](command)
        self._bytes += _size(command)
        self._running[command.id] = handle
        handle.add_done_callback(lambda ended: self._done(command, ended))

    def _done(self, command: Call, ended: "asyncio.Task[Any]") -> None:
        del self._running[command.id]
        error = asyncio.CancelledError() if ended.cancelled() else ended.exception()
        self._ended(command, None if error else ended.result(), error)


def _size(command: Call) -> int:
    return len(json.dumps(command.arguments)) if type(command) is CallTool else 1_000


def _start_tool(command: Any) -> Any:
    with for_call(command):
        return workflow.start_activity(
            command.tool,
            command.arguments,
            activity_id=command.id,
            task_queue=command.queue,
            start_to_close_timeout=timedelta(milliseconds=command.timeout),
            heartbeat_timeout=timedelta(milliseconds=command.heartbeat) if command.heartbeat is not None else None,
            retry_policy=ONCE,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=command.summary,
        )


def _start_model(command: Any) -> Any:
    return workflow.start_activity(
        CHAT_ACTIVITY,
        command.request,
        result_type=ChatResult,
        activity_id=command.id,
        start_to_close_timeout=timedelta(milliseconds=command.timeout),
        heartbeat_timeout=CHAT_HEARTBEAT,
        retry_policy=ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=command.summary,
    )


def _start_evaluation(command: Any) -> Any:
    return workflow.start_local_activity(
        EVALUATE_ACTIVITY,
        EvaluateRequest(command.expression, command.scope, workflow.time()),
        result_type=EvaluateResult,
        activity_id=command.id,
        start_to_close_timeout=EVALUATE_TIMEOUT,
    )


_START: dict[type, Callable[[Any], Any]] = {
    CallTool: _start_tool,
    AttemptModel: _start_model,
    Evaluate: _start_evaluation,
}
