"""One embedded server for the tests of encryption."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from interpreter.server.embedded import embedded
from interpreter.server.folder import state_folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def state(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    folder = tmp_path_factory.mktemp("state")
    async with embedded(state_folder(folder)):
        yield folder
