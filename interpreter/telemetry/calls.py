"""The span of a call, around its activity: a question to a model, or an attempt at a tool."""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace as otel
from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from interpreter.activities.chat import WHOLE
from interpreter.activities.headers import HEADERS, call_id, run_id
from interpreter.boundary.failures import SIGNATURE_MISMATCH
from interpreter.boundary.names import CHAT_ACTIVITY, LONGEST_ID, QUICK_ACTIVITY
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.boundary.told import heard
from interpreter.telemetry.ids import CALL, span_id, trace_id
from interpreter.telemetry.providers import REHEARSAL, answering
from interpreter.telemetry.spans import Spans
from interpreter.telemetry.texts import messages_in, messages_out

Told = dict[str, AttributeValue]
_PARTS = ("/verify", "/undo")
"""What a call that belongs to a step adds to its path."""


class CallSpans(Interceptor):
    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Inbound(next, self._spans)


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, spans: Spans) -> None:
        super().__init__(next)
        self._spans = spans

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        type_ = activity.info().activity_type
        if type_ == CHAT_ACTIVITY:
            return await self._chat(input)
        if HEADERS.get().key is not None:
            return await self._tool(input, input.args[0].tool if type_ == QUICK_ACTIVITY else type_)
        return await super().execute_activity(input)

    async def _chat(self, input: ExecuteActivityInput) -> Any:
        request: ChatRequest = input.args[0]
        told = _asked(request) | self._answering(request)
        with self._span(f"chat {request.model}", told, SpanKind.CLIENT) as span:
            if texts := self._spans.texts and not request.discreet:
                WHOLE.set(lambda whole: span.set_attributes(messages_in(whole)))
            result: ChatResult = await super().execute_activity(input)
            span.set_attributes(_answered(result))
            if texts:
                span.set_attributes(messages_out(result))
        return result

    async def _tool(self, input: ExecuteActivityInput, name: str) -> Any:
        told: Told = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.type": "function"}
        with self._span(f"execute_tool {name}", told, SpanKind.INTERNAL) as span:
            texts = self._spans.texts and not HEADERS.get().discreet
            if texts and input.args:
                span.set_attribute("gen_ai.tool.call.arguments", _as_text(input.args[0]))
            result = await super().execute_activity(input)
            if texts:
                span.set_attribute("gen_ai.tool.call.result", _as_text(result))
        return result

    def _answering(self, request: ChatRequest) -> Told:
        found = answering(self._spans.models, request.model, dict(os.environ))
        told: Told = {"gen_ai.provider.name": found.name}
        return told | ({"server.address": found.address} if found.address is not None else {})

    @contextmanager
    def _span(self, name: str, told: Told, kind: SpanKind) -> Iterator[Span]:
        info, id_ = activity.info(), call_id()
        workflow_id = run_id()
        first_run, _, path = id_.removeprefix(f"{workflow_id}/").partition("/")
        here = trace_id(workflow_id, first_run)
        told |= {
            "steadflow.run.id": workflow_id,
            "steadflow.path": path,
            "steadflow.call.id": id_,
            "steadflow.attempt": HEADERS.get().attempt or _attempt(info.activity_id),
        }
        span = self._spans.start(
            here,
            span_id(here, f"{info.activity_id} {info.attempt}", CALL),
            span_id(here, _step(path)),
            name,
            told,
            kind=kind,
        )
        with otel.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except BaseException as error:
                _failed(span, _kind(error, by_model=kind is SpanKind.CLIENT))
                raise


def _step(path: str) -> str:
    """What the call belongs to; the run, where its path was too long to be told whole."""
    if len(path.encode()) >= LONGEST_ID:
        return path.partition("/")[0]
    step = path.partition("~")[0]
    for part in _PARTS:
        step = step.removesuffix(part)
    return step


def _attempt(activity_id: str) -> int:
    number = activity_id.rpartition("~")[2]
    return int(number) if "~" in activity_id and number.isdecimal() else 1


def _failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    if kind != SIGNATURE_MISMATCH:  # a worker asks for the signature in words, once
        span.set_status(otel.Status(otel.StatusCode.ERROR, kind))


def _kind(error: BaseException, *, by_model: bool) -> str:
    if isinstance(error, ApplicationError) and error.type:
        return error.type if by_model else heard(error.type, error.message).kind
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__


def _asked(request: ChatRequest) -> Told:
    told: Told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.model,
        "gen_ai.agent.name": request.agent,
        "gen_ai.request.max_tokens": request.max_output_tokens,
    }
    if request.temperature is not None:
        told["gen_ai.request.temperature"] = request.temperature
    if request.seed is not None:
        told["gen_ai.request.seed"] = request.seed
    return told


def _answered(result: ChatResult) -> Told:
    told: Told = {
        "gen_ai.response.model": result.response_model,
        "gen_ai.response.finish_reasons": ("tool_call" if result.calls else "stop",),
        "gen_ai.usage.input_tokens": result.usage.input_tokens,
        "gen_ai.usage.output_tokens": result.usage.output_tokens,
    }
    if result.usage.cached_tokens:
        told["gen_ai.usage.cache_read.input_tokens"] = result.usage.cached_tokens
    if result.usage.cache_write_tokens:
        told["gen_ai.usage.cache_creation.input_tokens"] = result.usage.cache_write_tokens
    if result.usage.reasoning_tokens:
        told["gen_ai.usage.reasoning.output_tokens"] = result.usage.reasoning_tokens
    return told | ({"gen_ai.provider.name": REHEARSAL} if result.rehearsal else {})


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
