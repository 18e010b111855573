"""What comes in one workflow task, because the worker of the flow was away: what has happened is heard of first, then
what is due, then what is asked for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import calls, doors

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLOW = """
edition 1
tool door.pass(name: text) -> text write keyed {
  queue "traps"
  timeout 1h
  compensate call.count(name: name + " undone")
}
tool call.count(name: text) -> int idempotent { queue "traps" }
flow main(name: text) -> text BUDGET {
  step first = door.pass(name: name)
  THEN
}
"""
SHORT = "budget 3s"
"""Long enough for the call to begin."""
ENDED = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
FIRED = EventType.EVENT_TYPE_TIMER_FIRED
ASKED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED


@dataclass
class Away:
    """A run whose worker is away; its call of a tool has begun and waits at a door."""

    runs: Runs
    run: LiveRun
    name: str

    async def ends(self) -> None:
        doors[self.name].set()
        await self.stands(ENDED)

    async def is_cancelled(self) -> None:
        await self.run.handle.cancel()
        await self.stands(ASKED)

    async def is_due(self) -> None:
        await self.stands(FIRED)

    async def stands(self, type_: "EventType.ValueType") -> None:
        """Wait until it stands in history."""

        async def look() -> bool | None:
            return bool(await self.run.events(type_)) or None

        await eventually(look)

    @asynccontextmanager
    async def back(self) -> AsyncIterator[None]:
        async with worker(self.runs):
            yield

    async def in_one_task(self, *types: "EventType.ValueType") -> bool:
        """Whether these stand between two workflow tasks, in this order."""
        order: list[EventType.ValueType] = []
        for event in await self.run.events():
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                if all(each in order for each in types):
                    return [each for each in order if each in types] == list(types)
                order.clear()
            order.append(event.event_type)
        return False


def worker(runs: Runs) -> Worker:
    return Worker(runs.client, task_queue=runs.task_queue, plugins=[FlowPlugin([], store=runs.store, partial=True)])


async def away(runs: Runs, budget: str = "", then: str = "return first") -> Away:
    alone, name = Runs(runs.client, f"away-{uuid4().hex}", runs.store), uuid4().hex
    async with worker(alone):
        run = await alone.start(FLOW.replace("BUDGET", budget).replace("THEN", then), {"name": name})

        async def begun() -> bool | None:
            return calls[name] == 1 or None

        await eventually(begun)
    return Away(alone, run, name)


@pytest.mark.parametrize("first", ["the end", "the cancel"])
async def test_cancel_meets_the_end_of_a_call(runs: Runs, first: str) -> None:
    """It was the last thing to do: the run had all that it needed before it acted on the cancel."""
    one = await away(runs)
    if first == "the end":
        await one.ends()
        await one.is_cancelled()
    else:
        await one.is_cancelled()
        await one.ends()
    async with one.back():
        assert await one.run.value() == one.name
    assert await one.in_one_task(*((ENDED, ASKED) if first == "the end" else (ASKED, ENDED)))
    assert calls[f"{one.name} undone"] == 0


async def test_a_cancel_that_meets_the_end_of_a_call_begins_nothing_more_and_undoes_it(runs: Runs) -> None:
    one = await away(runs, then='step second = door.pass(name: name + "2") return second')
    await one.ends()
    await one.is_cancelled()
    async with one.back():
        assert isinstance(await one.run.ending(), CancelledError)
        view = await one.run.view()
    notes = [f"{note.kind} {note.name}" for note in view.notes]
    assert notes.index("completed first") < notes.index("cancelled second")
    assert calls[f"{one.name}2"] == 0
    assert calls[f"{one.name} undone"] == 1
    assert {entry.path: entry.state for entry in view.ledger} == {"main/first": "undone"}


@pytest.mark.slow
async def test_the_end_of_a_call_that_meets_a_deadline_counts(runs: Runs) -> None:
    """Also when a cancel comes with both. After that nothing begins."""
    then = 'step second = door.pass(name: name + "2") return second'
    last, cancelled, more = await asyncio.gather(away(runs, SHORT), away(runs, SHORT), away(runs, SHORT, then))
    await cancelled.is_cancelled()
    for one in (last, cancelled, more):
        await one.is_due()
        await one.ends()
        async with one.back():
            if one is more:
                assert (await one.run.failure()).kind == BUDGET_EXCEEDED
            else:
                assert await one.run.value() == one.name
    assert await last.in_one_task(FIRED, ENDED)
    assert await cancelled.in_one_task(ASKED, FIRED, ENDED)
    assert calls[f"{more.name}2"] == 0
    assert [calls[f"{one.name} undone"] for one in (last, cancelled, more)] == [0, 0, 1]
