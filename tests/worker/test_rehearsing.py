"""Answers of agents that are made up: only where that was asked for, and told wherever they matter;
and nothing is written that follows from them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.boundary.payloads import RunOptions
from interpreter.worker.plugin import FlowPlugin
from interpreter.worker.tools import tool
from tests.live.runs import Runs

FLOW = """edition 1
agent clerk(q: text) -> { answer: text } { model "m" prompt "{{ q }}" }
flow below(said: text) -> bool {
  await approval ok "Send because {{ said }}?" { from "leads" timeout 1h then reject }
  return ok.approved
}
flow main() -> bool budget 10k tokens, 2h {
  step a = clerk(q: "why")
  step sent = below(said: a.answer)
  return sent
}
"""


@asynccontextmanager
async def worker(runs: Runs, *, rehearse: bool, tools: tuple[Callable[..., Any], ...] = ()) -> AsyncIterator[None]:
    plugin = FlowPlugin(tools=tools, store=runs.store, rehearse=rehearse)
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


CALLS: list[str] = []
PAYS = """edition 1
tool shop.look(item: text) -> { price: decimal } read
tool shop.pay(amount: decimal) -> { id: text } write keyed { compensate none "paid is paid" }
agent clerk(q: text) -> { answer: text } { model "m" prompt "{{ q }}" }
flow below(q: text) -> text { step a = clerk(q: q) return a.answer }
flow main(ask: bool) -> text budget 10k tokens, 10m {
  step seen = shop.look(item: "tea")
  if ask { step below(q: "why") }
  step paid = shop.pay(amount: seen.price)
  return paid.id
}
"""


@tool("shop.look")
def look(item: str) -> dict[str, Decimal]:
    CALLS.append("look")
    return {"price": Decimal("4.20")}


@tool("shop.pay")
def pay(amount: Decimal) -> dict[str, str]:
    CALLS.append(f"pay {amount}")
    return {"id": "p1"}


@pytest.mark.parametrize(
    ("ask", "options", "calls"),
    [
        (False, RunOptions(), ["look", "pay 4.20"]),
        (False, RunOptions(staged=True), ["look"]),
        (False, RunOptions(staged=True, continue_eagerly=True), ["look"]),
        (True, RunOptions(), ["look"]),
        (True, RunOptions(continue_eagerly=True), ["look"]),
        (True, RunOptions(with_tools=True), ["look", "pay 4.20"]),
    ],
    ids=["nothing made up", "staged", "staged, continuing", "made up below", "made up, continuing", "with tools"],
)
async def test_nothing_is_written_that_nobody_decided(
    temporal_address: str, ask: bool, options: RunOptions, calls: list[str]
) -> None:
    CALLS.clear()
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    async with worker(runs, rehearse=True, tools=(look, pay)):
        run = await runs.start(PAYS, {"ask": ask}, options=options)
        value = await run.value()
        assert (value == "p1") == ("pay 4.20" in calls)
        captured = [note.detail for note in (await run.view()).notes if note.kind == "staged"]
    assert calls == CALLS
    assert captured == ([] if "pay 4.20" in calls else ['shop.pay(amount: "4.20")'])


ACTS = """edition 1
tool shop.look(item: text) -> { price: decimal } read
tool shop.pay(amount: decimal) -> { id: text } irreversible keyed { compensate none "paid is paid" }
tool shop.tell(whom: text) -> { id: text } write keyed final
agent clerk(q: text) -> { answer: text } {
  model "m"
  prompt "{{ q }}"
  use shop.look
  use shop.tell only if whom == "nobody" else "not them"
  use shop.pay after approval from "leads" timeout 1h then reject
  budget 2 turns
}
flow main() -> text budget 10k tokens, 1h { step a = clerk(q: "why") return a.answer }
"""


@tool("shop.tell")
def tell(whom: str) -> dict[str, str]:
    CALLS.append(f"tell {whom}")
    return {"id": "t1"}


async def test_a_rehearsed_agent_calls_its_tools_and_answers_within_its_turns(temporal_address: str) -> None:
    """People are asked first, what the agent may not call is not called, and what writes is captured."""
    CALLS.clear()
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    async with worker(runs, rehearse=True, tools=(look, pay, tell)):
        run = await runs.start(ACTS)
        question = await run.question()
        assert question.rehearsal
        await run.answer(question.id, answer=question.proposal)
        assert await run.value() == "rehearsed answer"
        view = await run.view()
    assert CALLS == ["look"]
    assert [note.detail for note in view.notes if note.kind == "turn"] == ["shop.look, shop.tell, shop.pay"]
    (captured,) = [note.detail for note in view.notes if note.kind == "staged"]
    assert captured.startswith("shop.pay(amount: ")
