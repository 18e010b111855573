"""The rooms of `interpreter.workflow` on a Temporal that is played."""

import importlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.workflow.played import ROOMS, Played


@pytest_asyncio.fixture
async def played(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Played]:
    temporal = Played()
    for room in ROOMS:
        monkeypatch.setattr(importlib.import_module(f"interpreter.workflow.{room}"), "workflow", temporal)
    yield temporal
    temporal.over()
