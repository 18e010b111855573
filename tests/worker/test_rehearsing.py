"""Answers of agents that are made up: only where that was asked for, and told wherever they matter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

FLOW = """edition 1
agent clerk(q: text) -> { answer: text } { model "m" prompt "{{ q }}" }
flow below(said: text) -> bool {
  await approval ok "Send because {{ said }}?" { from "leads" timeout 1h then reject }
  return ok.approved
}
flow main() -> bool budget 10k tokens, 10m {
  step a = clerk(q: "why")
  step sent = below(said: a.answer)
  return sent
}
"""


@asynccontextmanager
async def worker(runs: Runs, *, rehearse: bool) -> AsyncIterator[None]:
    plugin = FlowPlugin(store=runs.store, rehearse=rehearse)
    client = await Client.connect(runs.client.service_client.config.target_host)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
        yield


async def test_rehearsal_that_nobody_is_told_of(temporal_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has lost its key makes nothing up: the agent waits, with the reason, for one that can ask."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    async with worker(runs, rehearse=False):
        run = await runs.start(FLOW)
        step = await run.seen(lambda view: next((s for s in view.steps if "NoProvider" in s.detail), None))
        assert "the worker has no OPENAI_API_KEY, and was not told to rehearse" in step.detail
        view = await run.view()
        assert (view.rehearsal, view.spent.tokens, view.spent.calls) == (False, 0, 0)
    async with worker(runs, rehearse=True):
        child = run.child(await run.seen(lambda view: next((s.path for s in view.steps if s.node == "flow"), None)))
        question = await child.question()
        assert question.rehearsal, "also where a child asks: what it was given is made up"
        await child.answer(question.id)
        assert await run.value() is True
        assert (await run.view()).rehearsal
