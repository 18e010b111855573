"""One server and one worker for all traps."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.worker import Worker

from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs
from tests.live.server import local_server
from tests.traps.tools import TOOLS


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def runs() -> AsyncIterator[Runs]:
    async with local_server() as environment:
        found = Runs(environment.client, "traps")
        plugin = FlowPlugin(TOOLS, store=found.store)
        async with Worker(environment.client, task_queue=found.task_queue, plugins=[plugin]):
            yield found
