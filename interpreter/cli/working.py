"""A worker inside of a command: for the whole of `dsl run`, or just long enough to ask a run something."""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.worker import Worker

from dsl.definition.seal import Sealed
from interpreter.activities.tool import Tool
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.target import Target
from interpreter.client.client import Client
from interpreter.client.errors import ClientError, NoWorker
from interpreter.client.run import Run
from interpreter.worker.agreements import SignatureError
from interpreter.worker.flows import FlowSource, UnusableFlow
from interpreter.worker.loading import ToolsUnreadable, load_tools
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import UnusableTool

QUICKLY = timedelta(seconds=1)


def loaded_tools(modules: Iterable[str], search_path: str) -> list[Tool]:
    """The tools of all the modules. `search_path` is the folder in which modules are looked for by name."""
    if search_path not in sys.path:
        sys.path.insert(0, search_path)
    try:
        return [tool for module in modules for tool in load_tools(module)]
    except ToolsUnreadable as error:
        raise Misuse(str(error)) from error


def plugin_for(client: Client, tools: list[Tool], flows: Iterable[FlowSource], *, partial: bool) -> FlowPlugin:
    try:
        return FlowPlugin(tools, flows, store=client.store, partial=partial)
    except (UnusableTool, UnusableFlow) as error:
        raise Misuse(str(error)) from error


@asynccontextmanager
async def working(
    client: Client, queue: str, tools: list[Tool], sealed: Sealed | None, *, partial: bool = False
) -> AsyncIterator[None]:
    """Carry out runs and tools on `queue` while the block lasts. Tools that do not fit `sealed` are refused."""
    plugin = plugin_for(client, tools, [sealed] if sealed is not None else [], partial=partial)
    try:
        worker = Worker(client.temporal, task_queue=queue, plugins=[plugin])
    except SignatureError as error:
        raise Problem(str(error)) from error
    async with worker:
        yield


@asynccontextmanager
async def asked_directly(client: Client, target: Target, run: Run) -> AsyncIterator[None]:
    """See to it that the run can be asked.

    Only a worker can answer for a run. On the embedded server there is none while no `dsl run` is under way: then one
    stands in that takes no calls, so it can tell how the run stands and take an answer, but does none of its work.
    """
    if not target.is_embedded or await _answers(run):
        yield
        return
    queue = (await run.describe()).task_queue
    plugin = plugin_for(client, [], [], partial=True)
    async with Worker(client.temporal, task_queue=queue, plugins=[plugin], no_remote_activities=True):
        yield


async def _answers(run: Run) -> bool:
    try:
        await run.state(sys.maxsize, QUICKLY)
    except NoWorker:
        return False
    except ClientError:  # told by the command itself, when it asks
        return True
    return True
