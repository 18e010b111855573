"""The Python client against a real server and a real worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import pytest
from temporalio.api.operatorservice.v1 import RemoveSearchAttributesRequest
from temporalio.worker import Worker

from interpreter import api
from interpreter.boundary.payloads import RunOptions
from interpreter.client import listing
from interpreter.client import run as run_module
from interpreter.server.setup import ATTRIBUTES
from interpreter.stores.memory import MemoryStore
from interpreter.worker.loading import load_tools
from interpreter.worker.plugin import FlowPlugin
from tests.cli.conftest import CASES

T = TypeVar("T")
SHOP = CASES / "shop.flow"
NESTED = """edition 1
flow inner(x: text) -> bool budget 1h {
  await approval sure "Sure about {{ x }}?" { from "team" timeout 10m then reject }
  return sure.approved
}
flow outer(xs: [text] at most 4) -> [bool] budget 1h {
  parallel for x in xs as answers { step one = inner(x) yield one }
  return answers
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("client")


@asynccontextmanager
async def client_with_worker(folder: Path, queue: str = "steadflow") -> AsyncIterator[api.Client]:
    async with await api.connect(state_dir=folder) as client:
        plugin = FlowPlugin(load_tools(str(CASES / "shop_tools.py")), store=client.store)
        async with Worker(client.temporal, task_queue=queue, plugins=[plugin]):
            yield client


@contextmanager
def worker_in_a_thread(folder: Path) -> Iterator[None]:
    ready, stop = Event(), Event()

    async def work() -> None:
        async with client_with_worker(folder):
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = Thread(target=lambda: asyncio.run(work()))
    thread.start()
    try:
        assert ready.wait(20)
        yield
    finally:
        stop.set()
        thread.join()


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Look until it is good."""
    async with asyncio.timeout(30):
        while True:
            if good(seen := await look()):
                return seen
            await asyncio.sleep(0.03)


async def asked(run: api.Run, count: int = 1) -> list[api.QuestionView]:
    """The open questions, once there are so many."""
    return await until(run.approvals, lambda questions: len(questions) >= count)


async def told(run: api.Run, kind: str) -> str:
    return " ".join(note.detail for note in (await run.state()).notes if note.kind == kind)


async def test_submit_follow_approve_result(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": "book"}, requester="carol")
        following = asyncio.create_task(_collect(run))
        (question,) = await asked(run)
        assert (question.name, question.whom, question.shown[0].value) == ("keep", ["team"], {"id": "hold-book"})
        assert (await run.state()).requester == "carol"
        with pytest.raises(api.AnswerRefused, match="count: is missing"):
            await run.approve(answer={}, by="ada", group="team")
        reply = await run.approve("keep", {"count": 3}, by="ada")
        assert reply.outcome == "approved"
        assert "approve by ada for team" in await told(run, "voted")
        assert await run.result() == {"id": "hold-book", "price": "12.50", "count": 5, "note": None}
        notes = await following
        assert [note.number for note in notes] == list(range(1, len(notes) + 1))
        assert notes[-1].kind == "finished"


async def test_following_starts_where_it_is_told_and_ends_with_a_closed_run(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": "moon"})
        with pytest.raises(api.RunFailed) as failed:
            await run.result()
        assert (failed.value.kind, failed.value.path) == ("OutOfStock", "shop/parallel#1/price")
        every = await _collect(run)
        assert await _collect(run, every[2].number) == every[3:]


async def test_continue_as_new_loses_no_note_and_repeats_none(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": "book"}, options=RunOptions(continue_eagerly=True))
        following = asyncio.create_task(_collect(run))
        await asked(run)
        await run.approve(answer={"count": 1}, by="ada", group="team")
        await run.result()
        notes = await following
        assert [note.number for note in notes] == list(range(1, len(notes) + 1))


async def test_large_values_are_whole_in_questions_and_results(folder: Path) -> None:
    large = "x" * 100_000
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": large})
        (question,) = await asked(run)
        assert question.shown[0].value == {"id": f"hold-{large}"}
        await run.approve(answer={"count": 1}, by="ada", group="team")
        assert (await run.result())["id"] == f"hold-{large}"
        elsewhere = replace(run, store=MemoryStore())
        with pytest.raises(api.ClientError, match="a store that this client does not have"):
            await elsewhere.result()


async def test_a_cancelled_run_is_told_so(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": "book"})
        await asked(run)
        await run.cancel()
        with pytest.raises(api.RunCancelled):
            await run.result()


async def test_questions_of_children_are_asked_and_answered_through_the_parent(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(NESTED, {"xs": ["a", "b"]}, flow="outer")
        questions = await asked(run, 2)
        assert sorted(question.question for question in questions) == ["Sure about a?", "Sure about b?"]
        with pytest.raises(api.UnknownQuestion, match="sure is asked 2 times"):
            await run.approve("sure", by="ada", group="team")
        for one in await run.asked():
            await one.run.answer(
                one.question,
                "approve" if one.question.question == "Sure about a?" else "reject",
                by="ada",
                group="team",
            )
        assert await run.result() == [True, False]


async def test_the_same_id_under_way_is_refused_and_free_again_afterwards(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(SHOP, {"item": "book"}, id="same")
        with pytest.raises(api.RunExists):
            await client.submit(SHOP, {"item": "book"}, id="same")
        await asked(run)
        await run.reject(by="ada", group="team")
        with pytest.raises(api.RunFailed):
            await run.result()
        with pytest.raises(api.RunExists, match="which has failed"):
            await client.submit(SHOP, {"item": "moon"}, id="same")
        again = await client.submit(SHOP, {"item": "moon"}, id="same", again="new")
        with pytest.raises(api.RunFailed):
            await again.result()


async def test_runs_are_listed_with_flow_hash_and_status(folder: Path) -> None:
    async with client_with_worker(folder) as client:
        run = await client.submit(NESTED, {"xs": []}, flow="outer", id="listed")
        await run.result()

        async def listed() -> list[api.RunSummary]:
            return [one async for one in client.runs(flow="outer", status="completed") if one.id == "listed"]

        (found,) = await until(listed, bool)
        assert len(found.hash) == 64
        assert [one async for one in client.runs(flow="inner")] == [], "children are no runs of their own"


async def test_what_nobody_works_on_is_named(folder: Path) -> None:
    async with await api.connect(state_dir=folder) as client:
        run = await client.submit(NESTED, {"xs": []}, flow="outer", task_queue="deserted")
        (missing,) = await run.missing_workers()
        assert (missing.queue, missing.tools) == ("deserted", ())
        with pytest.raises(api.NoWorker):
            await run.state(patience=timedelta(seconds=1))
        await run.cancel()


@pytest.mark.slow
async def test_answer_kept_though_told_otherwise(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers while no worker is there is told what is true: the answer is kept, and counts when one comes."""
    monkeypatch.setattr(run_module, "UPDATE_TIMEOUT", timedelta(seconds=1))
    async with client_with_worker(folder, "kept") as client:
        run = await client.submit(SHOP, {"item": "book"}, task_queue="kept")
        (question,) = await asked(run)
    async with await api.connect(state_dir=folder) as client:
        run = client.run(run.id)
        with pytest.raises(api.AnswerKept, match=r"keeps the answer, and it counts .* dsl worker --task-queue kept"):
            await run.answer(question, "approve", by="ada", group="team", answer={"count": 1})
        given_up = asyncio.create_task(run.answer(question, "reject", by="bob", group="team"))
        await asyncio.sleep(0.2)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):  # nothing is claimed where nobody waited for it
            await given_up
        async with client_with_worker(folder, "kept"):
            await run.result()


async def test_a_run_starts_on_a_namespace_without_search_attributes(tmp_path: Path) -> None:
    async with client_with_worker(tmp_path) as client:
        await client.temporal.operator_service.remove_search_attributes(
            RemoveSearchAttributesRequest(namespace="default", search_attributes=list(ATTRIBUTES))
        )
        async with asyncio.timeout(20):
            run = await client.submit(SHOP, {"item": "book"})
            await asked(run)
            await run.approve(answer={"count": 1}, by="ada", group="team")
            await run.result()
        indexed = (await run.describe()).search_attributes
        assert [name for name in indexed if name in ATTRIBUTES] == []


async def test_nobody_at_an_address_is_told() -> None:
    with pytest.raises(api.Unreachable, match=r"127\.0\.0\.1:1"):
        await api.connect("127.0.0.1:1")


async def test_the_address_comes_from_temporals_own_configuration(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await api.connect(state_dir=folder) as embedded:
        monkeypatch.setenv("TEMPORAL_ADDRESS", embedded.temporal.service_client.config.target_host)
        async with await api.connect() as client:
            assert await client.temporal.count_workflows("WorkflowType = 'steadflow'") is not None
        monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
        with pytest.raises(api.Unreachable, match="namespace elsewhere"):
            await api.connect()


def test_the_sync_door_does_the_same(folder: Path) -> None:
    with api.connect_sync(state_dir=folder) as client, worker_in_a_thread(folder):
        run = client.submit(SHOP, {"item": "book"})
        notes = []
        for note in run.follow():
            notes.append(note)
            if note.kind == "asked":
                assert [question.name for question in run.approvals()] == ["keep"]
                run.approve(answer={"count": 1}, by="ada", group="team")
        assert notes[-1].kind == "finished"
        assert run.result()["count"] == 3
        assert run.state().status == "completed"
        assert run.id in [summary.id for summary in client.runs()]
        assert [event for event in run.follow(tokens=True) if isinstance(event, api.Note)] == notes


def test_plain_words_for_known_causes() -> None:
    assert "non-determinism" in listing._in_plain_words("[TMPRL1100] Nondeterminism error")
    assert listing._in_plain_words("something new") == "something new"


async def _collect(run: api.Run, after: int = 0) -> list[api.Note]:
    return [note async for note in run.follow(after)]
