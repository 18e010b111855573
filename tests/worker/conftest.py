"""One dev server for all tests of a session, with the settings that the embedded server has."""

import asyncio
from collections.abc import Iterator

import pytest
from temporalio.testing import WorkflowEnvironment

from interpreter.server.command import DYNAMIC_CONFIG, find_binary


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    settings = [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    loop = asyncio.new_event_loop()
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(dev_server_existing_path=find_binary(), dev_server_extra_args=settings)
    )
    yield environment.client.service_client.config.target_host
    loop.run_until_complete(environment.shutdown())
    loop.close()
