"""A worker inside of a command."""

import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.worker import Worker

from dsl.definition.seal import Sealed
from interpreter.activities.tool import Tool
from interpreter.cli.problem import Misuse, Refused
from interpreter.cli.serving import Serving
from interpreter.client.client import Client
from interpreter.identity.errors import UnusablePeople, UnusableSigners
from interpreter.mcp.errors import UnusableServers
from interpreter.providers.access import UnusableAccess
from interpreter.providers.cassette import UnusableCassette
from interpreter.providers.registry import can_ask
from interpreter.telemetry.environment import UnusableTelemetry, texts_wanted, traces_from
from interpreter.worker.agreements import SignatureError
from interpreter.worker.flows import FlowSource, UnusableFlow
from interpreter.worker.loading import ToolsUnreadable, load_tools
from interpreter.worker.model_script import UnusableModels
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import UnusableTool


def loaded_tools(modules: Iterable[str], search_path: str) -> list[Tool]:
    """The tools of all the modules. `search_path` is the folder in which modules are looked for by name."""
    if search_path not in sys.path:
        sys.path.insert(0, search_path)
    try:
        return [tool for module in modules for tool in load_tools(module)]
    except ToolsUnreadable as error:
        raise Misuse(str(error)) from error


def plugin_for(
    client: Client,
    tools: list[Tool],
    flows: Iterable[FlowSource],
    *,
    partial: bool,
    serving: Serving,
    staged: bool = False,
    lock: Path | None = None,
    traced: bool = True,
    otlp: bool = False,
    require_signed: Iterable[Path] = (),
) -> FlowPlugin:
    try:
        if serving.asks:
            can_ask(models=serving.models)
        return FlowPlugin(
            tools,
            flows,
            store=client.store,
            partial=partial,
            staged=staged,
            people=serving.people,
            rehearse=serving.rehearse,
            scripted=serving.scripted,
            record=serving.record,
            replay=serving.replay,
            lock=lock,
            models=serving.models,
            traces=traces_from(os.environ) if traced else None,
            texts=texts_wanted(os.environ),
            otlp=otlp,
            require_signed=require_signed,
        )
    except (
        UnusableTelemetry,
        UnusableTool,
        UnusableFlow,
        UnusablePeople,
        UnusableSigners,
        UnusableAccess,
        UnusableModels,
        UnusableCassette,
    ) as error:
        raise Misuse(str(error)) from error


@asynccontextmanager
async def working(
    client: Client,
    queue: str,
    tools: list[Tool],
    sealed: Sealed | None,
    *,
    partial: bool = False,
    serving: Serving,
    staged: bool = False,
    lock: Path | None = None,
) -> AsyncIterator[None]:
    """Carry out runs and tools on `queue` while the block lasts. Tools that do not fit `sealed` are refused; where all
    is `staged`, those that may write can be missing.
    """
    flows = [sealed] if sealed is not None else []
    plugin = plugin_for(client, tools, flows, partial=partial, serving=serving, staged=staged, lock=lock)
    try:
        worker = Worker(client.temporal, task_queue=queue, plugins=[plugin])
    except (SignatureError, UnusableServers) as error:
        raise Refused(str(error)) from error
    async with worker:
        yield


@asynccontextmanager
async def standing_in(client: Client, queue: str, people: Path | None) -> AsyncIterator[None]:
    """Decide for the runs on `queue`, but take none of their calls. `people` as the run's own worker knows them."""
    asks_nobody = Serving(people, rehearse=True)
    plugin = plugin_for(client, [], [], partial=True, serving=asks_nobody, traced=False)
    async with Worker(client.temporal, task_queue=queue, plugins=[plugin], no_remote_activities=True):
        yield
