"""`FlowPlugin`: what makes an ordinary Temporal worker run flows.

worker = Worker(client, task_queue="support", plugins=[FlowPlugin(tools=[open_ticket], flows=["support.flow"])])
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from temporalio.client import Client, ClientConfig
from temporalio.common import HeaderCodecBehavior, MetricMeter
from temporalio.plugin import SimplePlugin
from temporalio.runtime import Runtime
from temporalio.worker import Interceptor, ReplayerConfig, UnsandboxedWorkflowRunner, WorkerConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from dsl.definition.definition import Definition
from dsl.models.configured import TABLE, Models, models_for
from interpreter.activities.batch import batch_activity
from interpreter.activities.cancel_run import cancel_run
from interpreter.activities.capture import capture_activity
from interpreter.activities.carried import carried
from interpreter.activities.chat import chat_activity
from interpreter.activities.claims import claim_activity, settle_activity
from interpreter.activities.describe_run import describe_run_activity
from interpreter.activities.evaluate import evaluate_activity
from interpreter.activities.headers import HeaderInterceptor
from interpreter.activities.locks import ask_lock_activity, over_since
from interpreter.activities.objects import inline_activity, store_activity
from interpreter.activities.pause import pause
from interpreter.activities.quick import quick_activity
from interpreter.activities.receive import keep_answer_activity, receive_activity, receive_kept_activity
from interpreter.activities.running import ToolRunner
from interpreter.activities.telling import keep_to_one_line
from interpreter.activities.threads import SLOTS
from interpreter.activities.tool import Tool, tool_activity
from interpreter.activities.verify_answer import verify_answer_activity
from interpreter.boundary.names import LOCKS
from interpreter.converter.own import headers_with
from interpreter.encryption.keyring import Keyring, keyring_of
from interpreter.mcp.place import lock_of
from interpreter.providers.cassette import Cassette
from interpreter.providers.provider import Provider
from interpreter.providers.registry import has_key, provider_from_environment, secrets_in
from interpreter.server.folder import state_folder
from interpreter.stores.encrypted import store_in
from interpreter.stores.store import ObjectStore
from interpreter.telemetry.interceptor import TellingInterceptor
from interpreter.telemetry.metrics import Metrics
from interpreter.telemetry.standing import Standing
from interpreter.telemetry.told import Told
from interpreter.worker.agreements import Agreements
from interpreter.worker.books import Books
from interpreter.worker.emitted import emitted_tools
from interpreter.worker.flows import FlowSource, definitions
from interpreter.worker.lanes import working_lanes
from interpreter.worker.objects import LoadingInterceptor, Objects
from interpreter.worker.orphans import Orphans
from interpreter.worker.patience import PatientRunner
from interpreter.worker.plain_activities import activity_name
from interpreter.worker.reading_ahead import client_that_reads_ahead, converter_that_reads_ahead
from interpreter.worker.settings import with_recommended
from interpreter.worker.shared_queue import SharedQueue
from interpreter.worker.tools import tool_of, unique
from interpreter.workflow.carrier import CarrierWorkflow
from interpreter.workflow.headers import CallHeaders
from interpreter.workflow.lock import LockWorkflow
from interpreter.workflow.run import FlowWorkflow

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from interpreter.mcp.servers import Servers
    from interpreter.telemetry.spans import Spans
    from interpreter.worker.admission import Admission

_BESIDE_THE_STORE: tuple[Callable[[ObjectStore], Callable[..., Any]], ...] = (
    evaluate_activity,
    store_activity,
    inline_activity,
    receive_activity,
    receive_kept_activity,
    keep_answer_activity,
)

PASSED_THROUGH = ("dsl", "interpreter", "re2")
"""For workflows of the user's own beside ours, which run in Temporal's sandbox: loaded again for each of their runs,
our modules would cost 30 ms and 1 MB.
"""


class FlowPlugin(SimplePlugin):
    """Flows on one worker: the workflow, the activities, the tools as activities of their own.

    `tools` are functions marked `@tool`, or plain Temporal activities, whose signature is not compared. `flows` are
    those whose tools this worker must have: where one of them is missing on this task queue, or differs, the worker
    does not start; with `partial` another worker on the queue may have what is missing, and with `staged`, which
    says that all its runs are, tools that may write are not asked for. `people` is the file of those
    who may answer, with their keys: with it, what is not signed is refused; without, nobody is known. `provider`
    answers for agents (default: by the environment; with `rehearse` their answers are made up, `scripted` is a
    file in which they are written down, `replay` one in which they were recorded), `record` is the file to
    which all that models are asked and answer is added, `store` keeps large values and
    must be shared by all workers and clients (default: in the state folder). `keys` encrypt what stands in histories
    and in that folder (default: those of the environment, `STEADFLOW_ENCRYPTION_KEYS`). `lock` pins what the
    MCP servers of `flows` offer (default: `flow.lock` beside the first of them). `models` name further providers
    (default: as `steadflow.toml` says in the current folder or above it). `traces` gets a span
    for each thing that runs do, with `texts` also what models are told and say; metrics go where the client's runtime
    says, `otlp`: by OTLP, so that those of the conventions have their names with dots, which Prometheus does not take.
    `require_signed` are `SIGNERS`, or folders: runs begin only with a definition that is signed off below them.
    """

    def __init__(
        self,
        tools: Iterable[Callable[..., Any] | Tool] = (),
        flows: Iterable[FlowSource] = (),
        *,
        provider: Provider | None = None,
        store: ObjectStore | None = None,
        partial: bool = False,
        staged: bool = False,
        people: Path | None = None,
        rehearse: bool = False,
        scripted: Path | None = None,
        record: Path | None = None,
        replay: Path | None = None,
        keys: Keyring | None = None,
        lock: Path | None = None,
        models: Models | None = None,
        traces: "TracerProvider | None" = None,
        texts: bool = False,
        otlp: bool = False,
        require_signed: Iterable[Path] = (),
    ) -> None:
        flows = tuple(flows)
        self._tools = unique(map(tool_of, tools))
        self._definitions = definitions(flows)
        self._lock = lock_of(lock, flows)
        self._servers: Servers | None = None
        keys = self._keys = keyring_of() if keys is None else keys
        self._store = store if store is not None else store_in(state_folder().objects, keys)
        provider = provider if scripted is None else _scripted(scripted, self._definitions)
        if replay is not None:
            provider = Cassette(replay).replaying()
        self._record = None if record is None else Cassette(record)
        if self._record is not None:
            self._record.prepare()
        self._provider = provider
        self._partial, self._staged, self._people = partial, staged, people
        self._admission = _admission(tuple(require_signed), people)
        self._rehearse = rehearse or scripted is not None or replay is not None
        self._models, self._takes = models, TABLE.takes
        self._told, self._otlp = Told(), otlp
        self._standing: Standing | None = None
        self._spans: Spans | None = None if traces is None else _spans(traces, self._told, texts)
        self._lanes: AbstractAsyncContextManager[None] = nullcontext()
        self._agreements = Agreements()
        self._runner: ToolRunner | None = None
        self._orphans: Orphans | None = None
        self._books: Books | None = None
        self._locks: SharedQueue | None = None
        _check_people(people)
        keep_to_one_line()
        objects = self._objects = Objects(self._definitions, self._store)
        super().__init__(
            "steadflow.FlowPlugin",
            data_converter=lambda converter: converter_that_reads_ahead(converter, objects, keys),
            interceptors=[CallHeaders(), *self._beside(), TellingInterceptor(self._told)],
            workflows=[FlowWorkflow, CarrierWorkflow],
            workflow_runner=_shared_modules,
            run_context=self._running,
        )

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        before = config.get("header_codec_behavior", HeaderCodecBehavior.NO_CODEC)
        config["header_codec_behavior"] = headers_with(self._keys, before)
        return super().configure_client(config)

    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        before = config.get("header_codec_behavior", HeaderCodecBehavior.NO_CODEC)
        config["header_codec_behavior"] = headers_with(self._keys, before)
        return super().configure_replayer(config)

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        queue = config["task_queue"]
        self._serve(queue)
        beside = [name for one in config.get("activities", ()) if (name := activity_name(one)) is not None]
        self._agreements.check(
            self._definitions, self._tools, queue, partial=self._partial, staged=self._staged, beside=beside
        )
        models = models_for(None) if self._models is None else self._models
        self._takes = models.takes
        self._provider = self._provider or provider_from_environment(rehearse=self._rehearse, models=models)
        if self._record is not None:
            self._provider = self._record.recording(self._provider, secrets=secrets_in(models=models))
        plain = config.get("unsandboxed_workflow_runner") or UnsandboxedWorkflowRunner()
        config["unsandboxed_workflow_runner"] = PatientRunner(plain)
        config["client"] = client_that_reads_ahead(config["client"], self._objects, self._keys)
        self._lanes = self._lanes_of(models, config["client"], self._provider)
        self._measure(config["client"], models)
        self._orphans = Orphans(config["client"], queue)
        self._books = Books(config["client"])
        self._locks = SharedQueue(config["client"], LOCKS, workflows=[LockWorkflow], activities=[over_since])
        self._runner = ToolRunner(config.get("max_concurrent_activities") or SLOTS)
        ours = self._activities(self._provider, self._runner, self._books, self._locks)
        config["activities"] = [*config.get("activities", ()), *ours]
        return super().configure_worker(cast(WorkerConfig, with_recommended(cast(dict[str, Any], config))))

    def _beside(self) -> list[Interceptor]:
        """Of activities."""
        found = [HeaderInterceptor(), LoadingInterceptor(self._objects, self._admission)]
        if self._spans is None:
            return found
        # OpenTelemetry is there for those who want it.
        from interpreter.telemetry.calls import CallSpans

        return [*found, CallSpans(self._spans)]

    def _measure(self, client: Client, models: Models) -> None:
        """Where the client's runtime has somewhere to count."""
        if self._spans is not None:
            self._spans.models = models
        meter = (client.service_client.config.runtime or Runtime.default()).metric_meter
        if meter is not MetricMeter.noop:
            self._told.also_tell(Metrics(meter, models, os.environ, dotted=self._otlp).told)
            self._standing = Standing(client, meter)

    def _serve(self, queue: str) -> None:
        """Add the tools that events, requests and MCP servers carry out."""
        declared = [tool for definition in self._definitions for tool in definition.tools.values()]
        if any(tool.http for tool in declared):
            # Clients of HTTP are loaded by those who ask somebody.
            from interpreter.worker.requested import requested_tools

            self._tools |= requested_tools(self._definitions, queue, self._tools, self._lock.resolve().parent)
        self._tools |= emitted_tools(self._definitions, queue, self._tools)
        if not any(tool.served for tool in declared):
            return
        # Servers need libraries that other workers do without.
        from interpreter.worker.served import served_tools, servers_of

        servers = self._servers = servers_of(self._lock)
        self._tools |= served_tools(self._definitions, queue, self._tools, self._lock, servers, partial=self._partial)

    def _lanes_of(self, models: Models, client: Client, provider: Provider) -> AbstractAsyncContextManager[None]:
        """Of the providers that this worker can ask. A rehearsal takes nothing from others: its answers are made up."""
        limited = [each for each in models.providers.values() if each.requests_per_second is not None]
        if self._rehearse or not limited:
            return nullcontext()
        served = [each for each in limited if has_key(each)]
        return working_lanes(client, served, chat_activity(provider, self._store, self._takes), self._beside())

    def _activities(
        self, provider: Provider, runner: ToolRunner, books: Books, locks: SharedQueue
    ) -> list[Callable[..., Any]]:
        tools = {
            name: tool_activity(tool, self._agreements.accepts, runner, self._store)
            for name, tool in self._tools.items()
        }
        stored = [make(self._store) for make in _BESIDE_THE_STORE]
        verify = verify_answer_activity(self._people)
        return [
            *tools.values(),
            quick_activity(tools),
            *stored,
            chat_activity(provider, self._store, self._takes),
            batch_activity(provider, self._store),
            claim_activity(books),
            settle_activity(books),
            verify,
            describe_run_activity(self._store),
            carried,
            ask_lock_activity(locks),
            cancel_run,
            pause,
            capture_activity(self._store),
        ]

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        if self._servers is not None:
            self._servers.prepare()
        watches = [each.watch() for each in (self._orphans, self._standing, self._admission) if each is not None]
        watching = [asyncio.create_task(watch) for watch in (*watches, self._told.keep_telling())]
        try:
            async with self._lanes:
                yield
        finally:
            for watch in watching:
                watch.cancel()
            self._told.tell_what_is_due(everything=True)
            if self._spans is not None:
                await asyncio.to_thread(self._spans.flush)
            for shared in (self._books, self._locks):
                if shared is not None:
                    await shared.close()
            if self._servers is not None:
                await self._servers.close()
            if self._runner is not None:
                self._runner.close()
            if self._provider is not None:
                await self._provider.close()


def _spans(traces: "TracerProvider", told: Told, texts: bool) -> "Spans":
    # OpenTelemetry is there for those who want it.
    from interpreter.telemetry.spans import Spans

    spans = Spans(traces, texts=texts)
    told.also_tell(spans.told)
    return spans


def _scripted(file: Path, definitions: Iterable[Definition]) -> Provider:
    # YAML is loaded only where it is read.
    from interpreter.providers.scripted import ScriptedProvider
    from interpreter.worker.model_script import read_models

    return ScriptedProvider(read_models(file, definitions))


def _check_people(file: Path | None) -> None:
    """A worker whose people file cannot be used would refuse every answer, so it does not start."""
    if file is None:
        return
    # Keys need a large library, and few workers know people.
    from interpreter.identity.people import read_people

    read_people(file)


def _admission(places: tuple[Path, ...], people: Path | None) -> "Admission | None":
    if not places:
        return None
    # Keys need a large library.
    from interpreter.worker.admission import Admission

    return Admission(places, people)


def _shared_modules(runner: WorkflowRunner | None) -> WorkflowRunner:
    if not isinstance(runner, SandboxedWorkflowRunner):
        return runner or SandboxedWorkflowRunner()
    restrictions = runner.restrictions.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions, runner.runner_class)
