"""A server of HTTP on this machine, and calls of tools that ask it, as a worker makes them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.expressions.json_reading import exact
from dsl.values.references import joined
from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.tool import tool_activity
from interpreter.boundary.names import REFERENCES
from interpreter.boundary.told import heard
from interpreter.http.reach import Private
from interpreter.http.sending import Sender
from interpreter.mcp.settings import Settings
from interpreter.stores.memory import MemoryStore
from interpreter.stores.values import resolve
from interpreter.worker.requested import tool_for
from tests.activities.runner import RUNNER
from tests.http.sealing import sealed_tool
from tests.live.http_server import Faulty
from tests.worker.conftest import temporal_address

__all__ = ["temporal_address"]

KEY = "run/1/step"


@pytest.fixture(scope="module")
def serving() -> Iterator[Faulty]:
    with Faulty().serving() as server:
        yield server


@pytest.fixture
def server(serving: Faulty) -> Faulty:
    serving.forget()
    return serving


class Asked:
    """What came of calls of one tool."""

    def __init__(self, server: Faulty, private: Private) -> None:
        self.server = server
        self.private = private
        self.store = MemoryStore()
        self.settings = Settings({"auth": {"desk": {"bearer": "s3cret-token"}}}, "here", {})

    async def call(self, tool: str, **arguments: Any) -> Any:
        """`tool` is a declaration in which SERVER is the server's address."""
        definition, declared = sealed_tool(tool.replace("SERVER", self.server.url))
        made = tool_for(definition, declared, Sender(self.private), self.settings)
        HEADERS.set(CallHeaders(key=KEY, attempt=1))
        activity = tool_activity(made, lambda _tool, _declared: True, RUNNER, self.store)
        returned = await ActivityEnvironment().run(activity, arguments)
        if not isinstance(returned, RawValue):
            return returned
        references = json.loads(returned.payload.metadata.get(REFERENCES, b"[]"))
        value = joined(exact(returned.payload.data), references)
        return resolve(self.store, value, references) if references else value

    async def fails(self, tool: str, **arguments: Any) -> tuple[str, str]:
        """Its kind, with `…` behind it where the call may be at work still, and its words."""
        error = await self.error(tool, **arguments)
        told = heard(error.type, error.message)
        return told.kind + ("…" if told.at_work else ""), error.message

    async def error(self, tool: str, **arguments: Any) -> ApplicationError:
        with pytest.raises(ApplicationError) as caught:
            await self.call(tool, **arguments)
        return caught.value


@pytest.fixture
def asked(server: Faulty) -> Asked:
    return Asked(server, Private(frozenset({"127.0.0.1", "localhost"})))
