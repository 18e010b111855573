"""A development server as the embedded one is set up, in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.testing import WorkflowEnvironment

from interpreter.client.exiting import leave_quietly
from interpreter.server.command import DYNAMIC_CONFIG, find_binary


@asynccontextmanager
async def local_server() -> AsyncIterator[WorkflowEnvironment]:
    leave_quietly()
    settings = [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=find_binary(), dev_server_extra_args=settings, dev_server_log_level="error"
    )
    async with environment:
        yield environment
