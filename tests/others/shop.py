"""A worker with the tools of a small shop, whose models are asked over real sockets."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.activities.errors import ToolError
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import LiveRun, Runs

TOOLS = """
tool orders.find(customer: text) -> [{ id: text }] at most 20 read
tool orders.track(order: text) -> { place: text } read { errors NotUnderWay }
"""


@dataclass
class Shop:
    runs: Runs
    called: list[tuple[str, str]] = field(default_factory=list)

    async def start(self, text: str, input: Any = None) -> LiveRun:
        return await self.runs.start(f"edition 1\n{TOOLS}\n{text}", input)


@asynccontextmanager
async def shop(environment: Mapping[str, str], temporal: str, patch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    for name, value in environment.items():
        patch.setenv(name, value)
    client = await Client.connect(temporal)
    made = Shop(Runs(client, uuid.uuid4().hex, MemoryStore()))

    @tool("orders.find")
    def find(customer: str) -> list[dict[str, str]]:
        made.called.append(("orders.find", customer))
        return [{"id": "o-1"}, {"id": "o-2"}]

    @tool("orders.track")
    def track(order: str) -> dict[str, str]:
        made.called.append(("orders.track", order))
        if order == "o-1":
            raise ToolError("NotUnderWay", "o-1 has arrived")
        return {"place": "Halifax"}

    plugin = FlowPlugin([find, track], store=made.runs.store)
    async with Worker(client, task_queue=made.runs.task_queue, plugins=[plugin]):
        yield made
