"""A cap over runs holds for all of them and all workers together, on a real server."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.activities.claims import claimed
from interpreter.boundary.caps import BookInput, Cap, Claim, ClaimRequest, Entry, Line, Page, Written
from interpreter.boundary.failures import BUDGET_EXCEEDED
from interpreter.boundary.names import BOOK, BOOK_QUERY, BOOKS
from interpreter.boundary.payloads import Price
from interpreter.core.caps import period, refused_claim
from interpreter.core.commands import AttemptModel
from interpreter.worker.books import Books
from interpreter.worker.plugin import FlowPlugin
from interpreter.workflow import book as book_workflow
from interpreter.workflow.calls import Call, Calls
from tests.live.played_model import PlayedModel, Says, played_model
from tests.live.runs import LiveRun, Runs, eventually

pytestmark = pytest.mark.slow

FLOW = """edition 1
agent ask(x: text) -> text { model "capped" prompt "{{ x }}" answer at most 100 tokens }
flow main() -> text {
  parallel { step a = ask(x: "a") step b = ask(x: "b") }
  return a
}
"""
SENT, ANSWERED = 20, 90
PRICES = {"capped": Price("0.0001", "0.0001")}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedModel]:
    with played_model() as model:
        for name, value in model.environment.items():
            monkeypatch.setenv(name, value)
        model.plans = {"capped": [Says('{"value": "yes"}', SENT, ANSWERED)]}
        yield model


@asynccontextmanager
async def workers(address: str, number: int) -> AsyncIterator[Runs]:
    runs = Runs(await Client.connect(address), f"queue-{uuid4()}")
    async with AsyncExitStack() as stack:
        for _ in range(number):
            client = await Client.connect(address)
            plugin = FlowPlugin(store=runs.store)
            await stack.enter_async_context(Worker(client, task_queue=runs.task_queue, plugins=[plugin]))
        yield runs


def cap(**more: Any) -> Cap:
    return Cap("all", f"steadflow-cap/{uuid4()}", "month", **more)


async def stands(client: Client, cap: Cap) -> Written:
    book = f"{cap.book}/{period(cap.per, time.time())[0]}"
    written: Written = await client.get_workflow_handle(book).query(BOOK_QUERY, result_type=Written)
    return written


async def how(run: LiveRun) -> str:
    return "completed" if await run.ending() is None else (await run.failure()).kind


@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_many_runs_on_two_workers_never_spend_more_than_the_cap(
    temporal_address: str, model: PlayedModel, eagerly: bool
) -> None:
    bound = cap(tokens=2_000, usd="1")
    async with workers(temporal_address, 2) as runs:
        started = [await runs.start(FLOW, eagerly=eagerly, caps=[bound], prices=PRICES) for _ in range(12)]
        ended = await asyncio.gather(*map(how, started))
        book = await stands(runs.client, bound)
    counted = len(model.asked["capped"]) * (SENT + ANSWERED)
    assert set(ended) == {"completed", BUDGET_EXCEEDED}
    assert counted == book.tokens <= 2_000
    assert counted > 1_500, "what others have set aside is waited for"
    assert (book.reserved_tokens, book.reserved_usd) == (0, "0")


async def test_a_run_that_ends_badly_leaves_nothing_set_aside(temporal_address: str, model: PlayedModel) -> None:
    bound = cap(usd="1")
    failing = FLOW.replace("return a", 'fail "no"')
    async with workers(temporal_address, 1) as runs:
        run = await runs.start(failing, caps=[bound], prices=PRICES)
        assert (await run.failure()).message == "no"
        book = await stands(runs.client, bound)
        unbound = await runs.start(FLOW)
        await unbound.value()
        markers = await unbound.events(EventType.EVENT_TYPE_MARKER_RECORDED)
    assert (book.usd, book.reserved_usd) == ("0.022", "0")
    assert markers == [], "where no cap binds, nothing is asked"


@pytest.mark.parametrize("eagerly", [False, True], ids=["plain", "continue"])
async def test_what_a_run_starts_is_bound_too(temporal_address: str, model: PlayedModel, eagerly: bool) -> None:
    """Also when it has continued as new before."""
    bound = cap(tokens=2_000)
    flows = FLOW.replace("main", "below") + "flow main() -> text { step a = below() step b = below() return b }\n"
    async with workers(temporal_address, 1) as runs:
        run = await runs.start(flows, main="main", eagerly=eagerly, caps=[bound])
        assert await run.value() == "yes"
        book = await stands(runs.client, bound)
    assert (book.tokens, book.reserved_tokens) == (4 * (SENT + ANSWERED), 0)


async def test_a_book_continues_as_new_and_its_answers_may_be_lost(
    temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_workflow, "MOST_EVENTS", 40)
    client = await Client.connect(temporal_address)
    page = Page(f"steadflow-cap/{uuid4()}/2026-01-01", "all", None, 100, 4e9)
    books = Books(client)

    async def spend(number: int) -> str:
        claim = Claim(str(number), "0", 10, [page])
        reply, again = await claimed(books, ClaimRequest([claim])), await claimed(books, ClaimRequest([claim]))
        assert reply.outcome == again.outcome or "busy" in (reply.outcome, again.outcome)
        if "granted" in (reply.outcome, again.outcome):
            for _ in range(2):
                await books.write(page, Line([Entry(claim.id, "0", 5)], settles=True))
        return again.outcome

    try:
        for number in range(30):
            await spend(number)
        book: Written = await client.get_workflow_handle(page.book).query(BOOK_QUERY, result_type=Written)
        description = await client.get_workflow_handle(page.book).describe()
    finally:
        await books.close()
    assert (book.tokens, book.reserved_tokens) == (95, 0)
    assert description.raw_description.workflow_execution_info.first_run_id != description.run_id


async def test_two_workers_with_one_connection_write_into_one_book(temporal_address: str) -> None:
    """As where a process works on two task queues; each goes on when the other has ended."""
    client = await Client.connect(temporal_address)
    page = Page(f"steadflow-cap/{uuid4()}/2026-01-01", "all", None, 100, 4e9)
    one, other = Books(client), Books(client)
    try:
        replies = [
            (await claimed(books, ClaimRequest([Claim(str(number), "0", 10, [page])]))).outcome
            for number, books in enumerate((one, other))
        ]
        await one.close()
        replies.append((await claimed(other, ClaimRequest([Claim("2", "0", 10, [page])]))).outcome)
    finally:
        await other.close()
    again = Books(client)
    try:
        assert (await again.stands(page.book)).reserved_tokens == 30
    finally:
        await again.close()
    assert replies == ["granted"] * 3


async def test_a_book_that_has_ended_takes_nothing_more(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    page = Page(f"steadflow-cap/{uuid4()}/2020-01-01", "all", "1", None, 1_577_923_200.0)
    books = Books(client)
    try:
        await client.start_workflow(BOOK, BookInput(0, 0), id=page.book, task_queue=BOOKS)
        await books.write(Page(f"{page.book}-other", "all", "1", None, 4e9), Line([]))
        await client.get_workflow_handle(page.book).result()
        reply = await claimed(books, ClaimRequest([Claim("a", "0.1", 0, [page])]))
    finally:
        await books.close()
    assert (reply.outcome, reply.page, reply.limit) == ("refused", page, "usd")
    assert (
        "the book of the cap `all` was ended, so nobody knows what is spent" in refused_claim("a", 0.0, reply).message
    )


async def test_what_a_lost_workflow_task_has_set_aside_is_free_when_its_run_ends(
    temporal_address: str, model: PlayedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim is made within the task, so nothing in history says so; when the task is made again, it is too late for
    the call."""
    bound, lost, asked, handle = cap(tokens=10_000), True, 0, Calls._handle

    def losing(self: Calls, command: Call) -> Any:
        nonlocal asked
        if type(command) is AttemptModel and lost:
            asked += 1
            raise RuntimeError("the worker is gone")
        return handle(self, command)

    monkeypatch.setattr(Calls, "_handle", losing)
    late = FLOW.replace("-> text {\n  parallel", "-> text budget 3s {\n  sleep 100ms\n  parallel")
    async with workers(temporal_address, 1) as runs:
        run = await runs.start(late, prices=PRICES, caps=[bound])

        async def is_lost() -> bool | None:
            return asked > 0 or None

        await eventually(is_lost)
        assert (await stands(runs.client, bound)).reserved_tokens > 0
        await eventually(partial(_is_over, run))
        lost = False
        assert (await run.failure()).kind == BUDGET_EXCEEDED
        assert model.asked["capped"] == []
        written = await stands(runs.client, bound)
    assert (written.tokens, written.reserved_tokens) == (0, 0)


async def _is_over(run: LiveRun) -> bool | None:
    """Whether the time of the run's budget is."""
    return len(await run.events(EventType.EVENT_TYPE_TIMER_FIRED)) == 2 or None
