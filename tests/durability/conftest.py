"""One server, one model, one set of books and one nursery for all tests here."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.durability import books
from tests.durability.world import Workers, World, process_of
from tests.live.played_model import played_model
from tests.live.runs import Runs
from tests.live.server import local_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("durability")
    with pytest.MonkeyPatch.context() as environment, played_model() as models:
        for name, value in models.environment.items():
            environment.setenv(name, value)
        async with local_server() as server, process_of("books", str(folder / "books.db")) as bookkeeper:
            assert bookkeeper.stdout is not None
            environment.setenv(books.ADDRESS, (await bookkeeper.stdout.readline()).decode().strip())
            address = server.client.service_client.config.target_host
            async with process_of("nursery", address, str(folder / "objects")) as nursery:
                workers = Workers(nursery)
                listening = asyncio.create_task(workers.listen())
                yield World(Runs(server.client, "nobody"), workers, models)
                listening.cancel()
