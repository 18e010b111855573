"""The idempotency key, the attempt and the declared signature travel as activity headers, so the argument of a tool
stays its own plain JSON object.
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

from interpreter.boundary.names import ATTEMPT_HEADER, KEY_HEADER, SIGNATURE_HEADER, VERIFIES_HEADER
from interpreter.core.commands import CallTool

_call: ContextVar[CallTool | None] = ContextVar("steadflow_call", default=None)


@contextmanager
def for_call(command: CallTool) -> Iterator[None]:
    """Activities started inside carry the headers of this call."""
    token = _call.set(command)
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
        command = _call.get()
        if command is not None:
            input.headers = {**input.headers, **_headers(command)}
        return super().start_activity(input)


def _headers(command: CallTool) -> dict[str, Payload]:
    convert = workflow.payload_converter().to_payload
    signature = json.dumps({"digest": command.signature, "readable": command.declared}, ensure_ascii=False)
    headers = {
        KEY_HEADER: convert(command.key),
        ATTEMPT_HEADER: convert(command.attempt),
        SIGNATURE_HEADER: convert(signature),
    }
    return headers if command.verifies is None else headers | {VERIFIES_HEADER: convert(command.verifies)}
