"""The idempotency key, the attempt, the declared signature and what of the arguments is a reference travel in a header
of the activity, so the argument of a tool stays its own plain JSON object. What the worker can tell by itself is left
out: the header stands in the history of each step.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.worker import (
    ContinueAsNewInput,
    Interceptor,
    StartActivityInput,
    StartChildWorkflowInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from interpreter.boundary.names import CALL_HEADER, FIRST_RUN_HEADER, RUN_HEADER, digest_bytes, key_of_activity
from interpreter.boundary.payloads import JSON, References
from interpreter.core.commands import CallTool

_call: ContextVar[tuple[CallTool, References] | None] = ContextVar("steadflow_call", default=None)
_run: ContextVar[tuple[str, str] | None] = ContextVar("steadflow_run", default=None)


@contextmanager
def of_run(workflow_id: str, first_run: str) -> Iterator[None]:
    """Calls made inside are those of this run, which another workflow carries."""
    token = _run.set((workflow_id, first_run))
    try:
        yield
    finally:
        _run.reset(token)


@contextmanager
def for_call(command: CallTool, references: References) -> Iterator[None]:
    """Activities started inside carry the headers of this call."""
    token = _call.set((command, references))
    try:
        yield
    finally:
        _call.reset(token)


class CallHeaders(Interceptor):
    """Puts the headers of a tool's call on its activity."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        call = _call.get()
        if call is not None:
            input.headers = {**input.headers, CALL_HEADER: _header(*call, input.activity_id or "")}
            # The first attempt may go to the worker that has the run, past the queue. That worker may be the one that
            # lacks the tool, so each further attempt is for whichever worker takes it.
            input.disable_eager_execution = input.disable_eager_execution or call[0].attempt > 1
        elif run := _run.get():
            of_run = {RUN_HEADER: Payload(data=run[0].encode()), FIRST_RUN_HEADER: Payload(data=run[1].encode())}
            input.headers = {**input.headers, **of_run}
        elif first := _first_run():
            input.headers = {**input.headers, FIRST_RUN_HEADER: Payload(data=first)}
        return super().start_activity(input)

    async def start_child_workflow(self, input: StartChildWorkflowInput) -> workflow.ChildWorkflowHandle[Any, Any]:
        if first := _first_run():
            input.headers = {**input.headers, FIRST_RUN_HEADER: Payload(data=first)}
        return await super().start_child_workflow(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:
        """What a parent has said of itself is said to each execution of the child."""
        said = workflow.info().headers.get(FIRST_RUN_HEADER)
        if said is not None:
            input.headers = {**input.headers, FIRST_RUN_HEADER: said}
        super().continue_as_new(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        call = _call.get()
        if call is not None:
            input.headers = {**input.headers, CALL_HEADER: _header(*call, input.activity_id or "")}
        return super().start_local_activity(input)


def _first_run() -> bytes:
    """Where this is another execution; the id of the first is in each activity otherwise."""
    info = workflow.info()
    return b"" if info.run_id == info.first_execution_run_id else info.first_execution_run_id.encode()


def _header(command: CallTool, references: References, activity_id: str) -> Payload:
    beside = _beside(command, references, activity_id)
    return Payload(data=digest_bytes(beside["signature"]) if len(beside) == 1 else json.dumps(beside).encode())


def _beside(command: CallTool, references: References, activity_id: str) -> dict[str, JSON]:
    info, run = workflow.info(), _run.get()
    given = {
        "signature": command.signature,
        "declared": command.declared,
        "key": command.key if command.key != key_of_activity(info.workflow_id, info.run_id, activity_id) else None,
        "attempt": command.attempt if command.attempt != 1 else None,
        "verifies": command.verifies,
        "references": references,
        "discreet": command.discreet,
        "run": run[0] if run is not None else None,
    }
    return {name: value for name, value in given.items() if value}
