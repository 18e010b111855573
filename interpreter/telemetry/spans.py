"""Spans of runs, by the conventions of OpenTelemetry for generative AI.

What is done outside, a question to a model or a call of a tool, has a span where it is done: in its activity, so what
the tool itself traces stands below. All that is around, from the run to a turn, has one when it ends, of what the
machine tells. Nobody passes a context on: ids follow from the run and the path (`ids.py`).

A failure is told by its kind. Its words may hold what a model said, and texts leave a run only where that is wanted.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace as otel
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import AttributeValue

from dsl.models.configured import TABLE
from interpreter.core.traces import ATTEMPTS, Trace
from interpreter.telemetry.ids import CALL, span_id, trace_id
from interpreter.telemetry.told import RunIdentity

Attributes = Mapping[str, AttributeValue]


class PlannedIds(IdGenerator):
    """Gives a span the ids that it is to have; any other has those of the generator before."""

    def __init__(self, otherwise: IdGenerator) -> None:
        self._otherwise = otherwise
        self._planned = threading.local()

    @contextmanager
    def planned(self, trace: int, span: int) -> Iterator[None]:
        self._planned.ids = (trace, span)
        try:
            yield
        finally:
            self._planned.ids = None

    def generate_trace_id(self) -> int:
        ids = getattr(self._planned, "ids", None)
        return self._otherwise.generate_trace_id() if ids is None else ids[0]

    def generate_span_id(self) -> int:
        ids = getattr(self._planned, "ids", None)
        return self._otherwise.generate_span_id() if ids is None else ids[1]


class Spans:
    def __init__(self, provider: TracerProvider, *, texts: bool = False) -> None:
        self.texts = texts
        self.models = TABLE
        self._provider = provider
        before: IdGenerator = provider.id_generator
        self._ids = before if isinstance(before, PlannedIds) else PlannedIds(before)
        vars(provider)["id_generator"] = self._ids
        self._tracer = provider.get_tracer("steadflow")

    def told(self, run: RunIdentity, trace: Trace) -> None:
        """What has ended in a run. A call was told where it was made, unless nothing was heard of it any more."""
        if trace.node in ATTEMPTS and not trace.lost:
            return
        here = trace_id(run.workflow_id, run.first_run)
        kind = f"lost {CALL}" if trace.lost else ""
        span = self.start(
            here,
            span_id(here, trace.path, kind),
            span_id(here, trace.parent) if trace.parent else None,
            _name(trace),
            _attributes(run, trace),
            kind=SpanKind.CLIENT if trace.node == "chat" else SpanKind.INTERNAL,
            links=self._links(run) if trace.node == "run" else (),
            began=trace.began,
        )
        if trace.kind:
            failed(span, trace.kind)
        span.end(int(trace.at * 1e9))

    def start(
        self,
        trace: int,
        span: int,
        parent: int | None,
        name: str,
        attributes: Attributes,
        *,
        kind: SpanKind,
        links: tuple[Link, ...] = (),
        began: float | None = None,
    ) -> Span:
        context = Context() if parent is None else otel.set_span_in_context(self._remote(trace, parent), Context())
        with self._ids.planned(trace, span):
            return self._tracer.start_span(
                name,
                context,
                kind,
                attributes,
                links,
                None if began is None else int(began * 1e9),
                record_exception=False,
                set_status_on_exception=False,
            )

    def flush(self) -> None:
        self._provider.force_flush()

    def _remote(self, trace: int, span: int) -> Span:
        return NonRecordingSpan(SpanContext(trace, span, is_remote=True, trace_flags=self._flags(trace)))

    def _flags(self, trace: int) -> TraceFlags:
        """As the sampler decides of the run: the same at each worker that samples by the trace's id."""
        decision = self._provider.sampler.should_sample(None, trace, "run").decision
        return TraceFlags(TraceFlags.SAMPLED if decision is Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT)

    def _links(self, run: RunIdentity) -> tuple[Link, ...]:
        """From a run to the step of the run that started it."""
        if run.parent is None:
            return ()
        workflow_id, first_run, path = run.parent
        there = trace_id(workflow_id, first_run)
        return (Link(self._remote(there, span_id(there, path)).get_span_context(), {"steadflow.run.id": workflow_id}),)


def failed(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR, kind))


def _name(trace: Trace) -> str:
    last = trace.path.rsplit("/", 1)[-1]
    match trace.node:
        case "run":
            return f"invoke_workflow {trace.name}"
        case "agent":
            return f"invoke_agent {trace.name}"
        case "turn":
            return f"turn {last.rpartition('#')[2]}"
        case "chat":
            return f"chat {trace.name}"
        case "attempt":
            return f"execute_tool {trace.name}"
        case "tool" | "flow":
            return f"step {last}"
        case node:
            return f"{node} {last}"


def _attributes(run: RunIdentity, trace: Trace) -> dict[str, AttributeValue]:
    told: dict[str, AttributeValue] = {
        "steadflow.run.id": run.workflow_id,
        "steadflow.flow": trace.flow,
        "steadflow.path": trace.path,
        "steadflow.node": trace.node,
        "steadflow.outcome": trace.outcome,
    }
    match trace.node:
        case "run":
            told |= {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": trace.name}
        case "agent":
            told |= {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": trace.name}
        case "chat":
            told |= {"gen_ai.operation.name": "chat", "gen_ai.request.model": trace.name}
            told |= {"gen_ai.agent.name": trace.agent}
        case "attempt":
            told |= {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": trace.name}
        case "tool" | "flow" if trace.name:
            told["steadflow.called"] = trace.name
    if trace.lost:
        told["steadflow.lost"] = True
    return told | _counts(trace)


def _counts(trace: Trace) -> dict[str, AttributeValue]:
    """Money is a text, as everywhere: it has all its digits."""
    counts = trace.counts
    if counts is None:
        return {"steadflow.usd": trace.usd} if trace.node == "chat" else {}
    told: dict[str, AttributeValue] = {"steadflow.tokens": counts.tokens, "steadflow.usd": counts.usd}
    if trace.node == "agent":
        told |= {"steadflow.turns": counts.turns, "steadflow.calls": counts.calls}
        told |= {
            "gen_ai.usage.input_tokens": counts.input_tokens,
            "gen_ai.usage.output_tokens": counts.output_tokens,
        }
    return told
