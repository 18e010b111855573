"""Spans of runs on a real server: one tree for each run, errors by their class, texts only where that is wanted."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from temporalio.client import Client
from temporalio.worker import Worker

from dsl.models.configured import Models
from dsl.models.providers import Served
from interpreter.api import ToolError, tool
from interpreter.boundary.payloads import RunOptions
from interpreter.worker.plugin import FlowPlugin
from tests.live.played_model import Acts, PlayedModel, Refuses, Says, played_model
from tests.live.runs import LiveRun, Runs

PLANTED = "PLANTED-31aa"
FLOW = f"""edition 1
tool orders.find(id: text) -> text read {{ errors Gone }}
agent helper() -> {{ s: text }} {{
  model "p/m"
  instructions "{PLANTED} instructions"
  prompt "{PLANTED} prompt"
  use orders.find
  budget 4 turns
}}
flow below() -> text {{
  step reply = helper()
  return reply.s
}}
flow main() -> text {{
  step first = orders.find(id: "o-0")
  parallel for id in ["o-1", "o-2"] as found {{
    step one = orders.find(id: id)
    yield one
  }}
  step said = below()
  return "{{{{ len(found) }}}} {{{{ first }}}} {{{{ said }}}}"
}}
"""
FAILS = """edition 1
tool orders.find(id: text) -> text read { errors Gone }
flow main() -> text {
  step first = orders.find(id: "gone")
  return first
}
"""


@tool("orders.find")
def find(id: str) -> str:
    if id == "gone":
        raise ToolError("Gone", f"{PLANTED} is gone")
    return f"{PLANTED} {id}"


class Traced:
    """A worker whose spans are kept."""

    def __init__(self, address: str, *, texts: bool = False, provider: TracerProvider | None = None) -> None:
        self.kept = InMemorySpanExporter()
        self.provider = provider or TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.kept))
        self._address, self._texts = address, texts

    async def run(
        self, flow: str, model: PlayedModel, ends: Callable[[LiveRun], Any], tools: Sequence[Any] = (find,)
    ) -> LiveRun:
        where = f"http://127.0.0.1:{model.server_port}/v1"
        models = Models({}, {"p": Served("p", "compatible", where, "")})
        runs = Runs(await Client.connect(self._address), f"queue-{uuid4()}")
        plugin = FlowPlugin(tools, store=runs.store, models=models, traces=self.provider, texts=self._texts)
        async with Worker(runs.client, task_queue=runs.task_queue, plugins=[plugin]):
            run = await runs.start(flow, options=RunOptions(continue_eagerly=True))
            await ends(run)
        return run

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.kept.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        (found,) = (span for span in self.spans if span.name == name)
        return found


PLANS = {"m": [Refuses(503, "later"), Acts("orders-find", ('{"id": "o-9"}',), Says(f'{{"s": "{PLANTED} found"}}'))]}


async def test_each_run_is_a_tree_and_a_run_below_says_where_it_comes_from(temporal_address: str) -> None:
    traced = Traced(temporal_address)
    with played_model() as model:
        model.plans = dict(PLANS)
        run = await traced.run(FLOW, model, LiveRun.value)
        assert len(await run.events()) > len(list((await run.handle.fetch_history()).events)), "it has continued as new"
    ids = {_id(span) for span in traced.spans}
    assert len(ids) == len(traced.spans)
    assert {(_trace(span), span.parent.span_id) for span in traced.spans if span.parent} <= ids
    top, below = traced.named("invoke_workflow main"), traced.named("invoke_workflow below")
    assert {_trace(span) for span in traced.spans} == {_trace(top), _trace(below)}
    (link,) = below.links
    assert (link.context.trace_id, link.context.span_id) == _id(traced.named("step said"))
    failed, asked, answered = (span for span in traced.spans if span.name == "chat p/m")
    assert [failed.attributes["error.type"], failed.status.description] == ["Overloaded", "Overloaded"]  # type: ignore[index]
    assert _told(asked, "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.usage.input_tokens") == ["p", "p/m", 10]
    assert _told(answered, "steadflow.attempt", "gen_ai.operation.name") == [1, "chat"]
    assert _told(asked, "steadflow.attempt") == [2]
    assert PLANTED not in "".join(span.to_json() for span in traced.spans)


async def test_an_error_is_told_by_its_class_and_not_by_its_words(temporal_address: str) -> None:
    traced = Traced(temporal_address)
    with played_model() as model:
        await traced.run(FAILS, model, LiveRun.failure)
    assert [(span.name, *_told(span, "error.type")) for span in traced.spans] == [
        ("execute_tool orders.find", "Gone"),
        ("step first", "Gone"),
        ("invoke_workflow main", "Gone"),
    ]
    assert PLANTED not in "".join(span.to_json() for span in traced.spans)


async def test_texts_stand_in_spans_where_that_is_wanted(temporal_address: str) -> None:
    traced = Traced(temporal_address, texts=True)
    with played_model() as model:
        model.plans = dict(PLANS)
        await traced.run(FLOW, model, LiveRun.value)
    *_, last = (span for span in traced.spans if span.name == "chat p/m")
    said, answer, instructions = _told(
        last, "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"
    )
    assert f"{PLANTED} prompt" in said
    assert '"type": "tool_call_response"' in said
    assert f"{PLANTED} o-9" in said
    assert f"{PLANTED} found" in answer
    assert f"{PLANTED} instructions" in instructions
    tools = [span for span in traced.spans if span.name == "execute_tool orders.find"]
    assert {*_told(tools[0], "gen_ai.tool.call.arguments", "gen_ai.tool.call.result")} == {
        '{"id": "o-0"}',
        f'"{PLANTED} o-0"',
    }


async def test_texts_that_may_hold_sensitive_data_stand_in_no_span(temporal_address: str) -> None:
    sensitive = FLOW.replace("orders.find(id: text)", 'orders.find(id: text sensitive "health")')
    sensitive = sensitive.replace("read { errors Gone }", 'read { errors Gone sees "health" }')
    sensitive = sensitive.replace("use orders.find\n", 'sees "health"\n  use orders.find\n')
    sensitive = sensitive.replace("() -> text {", '() -> text sees "health" {', 1)
    private = sensitive.replace('return "{{ len(found) }} {{ first }} {{ said }}"', "return mask(said)")
    private = private.replace(
        ' sees "health" {\n  step reply = helper()\n  return reply.s',
        " {\n  step reply = helper()\n  return mask(reply.s)",
    )
    traced = Traced(temporal_address, texts=True)
    with played_model() as model:
        model.plans = dict(PLANS)
        await traced.run(private, model, LiveRun.value)
    assert {"chat p/m", "execute_tool orders.find"} <= {span.name for span in traced.spans}
    assert PLANTED not in str([span.to_json() for span in traced.spans])


async def test_what_a_tool_traces_itself_stands_below_its_call(temporal_address: str) -> None:
    traced = Traced(temporal_address)

    @tool("orders.find")
    async def tracing(id: str) -> str:
        with traced.provider.get_tracer("shop").start_as_current_span("select"):
            return id

    with played_model() as model:
        await traced.run(FAILS, model, LiveRun.value, [tracing])
    inner, call = traced.named("select"), traced.named("execute_tool orders.find")
    assert inner.parent is not None
    assert (_trace(inner), inner.parent.span_id) == _id(call)


async def test_a_sampler_decides_by_the_run(temporal_address: str) -> None:
    traced = Traced(temporal_address, provider=TracerProvider(ParentBasedTraceIdRatio(0.0), shutdown_on_exit=False))
    with played_model() as model:
        await traced.run(FAILS, model, LiveRun.failure)
    assert traced.spans == []


def _trace(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


def _id(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def _told(span: ReadableSpan, *names: str) -> list[Any]:
    assert span.attributes is not None
    return [span.attributes[name] for name in names]
