"""The idempotency key, the attempt, the declared signature and what of the arguments is a reference travel as activity
headers, so the argument of a tool stays its own plain JSON object.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from interpreter.boundary.names import ATTEMPT_HEADER, KEY_HEADER, REFERENCES, SIGNATURE_HEADER, VERIFIES_HEADER
from interpreter.boundary.payloads import References
from interpreter.core.commands import CallTool

_call: ContextVar[tuple[CallTool, References] | None] = ContextVar("steadflow_call", default=None)


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
            input.headers = {**input.headers, **_headers(*call)}
            # The first attempt may go to the worker that has the run, past the queue. That worker may be the one that
            # lacks the tool, so each further attempt is for whichever worker takes it.
            input.disable_eager_execution = input.disable_eager_execution or call[0].attempt > 1
        return super().start_activity(input)


def _headers(command: CallTool, references: References) -> dict[str, Payload]:
    convert = workflow.payload_converter().to_payload
    signature = json.dumps({"digest": command.signature, "readable": command.declared}, ensure_ascii=False)
    headers = {
        KEY_HEADER: convert(command.key),
        ATTEMPT_HEADER: convert(command.attempt),
        SIGNATURE_HEADER: convert(signature),
    }
    if command.verifies is not None:
        headers[VERIFIES_HEADER] = convert(command.verifies)
    if references:
        headers[REFERENCES] = convert(json.dumps(references))
    return headers
