"""The same client for scripts without `async`: an event loop in a thread of its own does the work."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from threading import Thread
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from dsl.models.configured import Models
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import JSON, AnswerReply
from interpreter.boundary.view import Note, QuestionView, RunView
from interpreter.client import client as asynchronous
from interpreter.client.client import TASK_QUEUE
from interpreter.client.costs import By, Costs
from interpreter.client.listing import RunSummary
from interpreter.client.repairing import UNSAID, Repairs, Unsaid
from interpreter.client.run import Run, Signer
from interpreter.client.starting import Again
from interpreter.client.submission import FlowSource
from interpreter.client.writing import Writing
from interpreter.encryption.keyring import Keyring
from interpreter.stores.store import ObjectStore

T = TypeVar("T")


class _Loop:
    """An event loop that runs in the background until it is stopped."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="steadflow-client", daemon=True)
        self._thread.start()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        pending: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return pending.result()
        except BaseException:
            pending.cancel()  # Ctrl-C while we wait must not leave the work behind
            raise

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass(frozen=True)
class SyncRun:
    """`Run`, waiting for each answer."""

    run: Run
    _loop: _Loop

    @property
    def id(self) -> str:
        return self.run.id

    def result(self) -> JSON:
        return self._loop.wait(self.run.result())

    def state(self, after: int = 0) -> RunView:
        return self._loop.wait(self.run.state(after))

    def approvals(self) -> list[QuestionView]:
        return self._loop.wait(self.run.approvals())

    def approve(
        self,
        question: str | None = None,
        answer: JSON = None,
        *,
        by: str,
        group: str | None = None,
        note: str | None = None,
        proposal: str | None = None,
        key: Signer | None = None,
    ) -> AnswerReply:
        given = self.run.approve(question, answer, by=by, group=group, note=note, proposal=proposal, key=key)
        return self._loop.wait(given)

    def reject(
        self,
        question: str | None = None,
        *,
        by: str,
        group: str | None = None,
        note: str | None = None,
        key: Signer | None = None,
    ) -> AnswerReply:
        return self._loop.wait(self.run.reject(question, by=by, group=group, note=note, key=key))

    def tell(self, text: str, step: str | None = None, *, by: str, id: str | None = None) -> AnswerReply:
        return self._loop.wait(self.run.tell(text, step, by=by, id=id))

    def send(
        self, event: str, value: JSON = None, *, by: str, key: str | None = None, id: str | None = None
    ) -> AnswerReply:
        return self._loop.wait(self.run.send(event, value, by=by, key=key, id=id))

    def ask(self, event: str, value: JSON = None, *, by: str, key: str | None = None, id: str | None = None) -> JSON:
        return self._loop.wait(self.run.ask(event, value, by=by, key=key, id=id))

    def cancel(self) -> None:
        self._loop.wait(self.run.cancel())

    def left_behind(self) -> list[JSON]:
        return self._loop.wait(self.run.left_behind())

    def repairs(self) -> Repairs:
        return self._loop.wait(self.run.repairs())

    def repair(self) -> "SyncRun":
        return SyncRun(self._loop.wait(self.run.repair()), self._loop)

    def resolve(self, step: str, *, done: bool, by: str, note: str = "", result: JSON | Unsaid = UNSAID) -> Repairs:
        return self._loop.wait(self.run.resolve(step, done=done, by=by, note=note, result=result))

    def upgrade(
        self,
        flow_source: FlowSource,
        *,
        by: str,
        note: str = "",
        models: Models | None = None,
        require_signed: bool = False,
    ) -> Moved:
        wanted = self.run.upgrade(flow_source, by=by, note=note, models=models, require_signed=require_signed)
        return self._loop.wait(wanted)

    def terminate(self, reason: str = "") -> None:
        self._loop.wait(self.run.terminate(reason))

    @overload
    def follow(self, after: int = 0, *, tokens: Literal[False] = False) -> Iterator[Note]: ...
    @overload
    def follow(self, after: int = 0, *, tokens: Literal[True]) -> Iterator[Note | Writing]: ...

    def follow(self, after: int = 0, *, tokens: bool = False) -> Iterator[Note | Writing]:
        events = aiter(self.run.follow(after, tokens=True) if tokens else self.run.follow(after))
        while (event := self._loop.wait(_next(events))) is not None:
            yield event


class SyncClient:
    """`Client`, waiting for each answer. Use it in a `with`, or close it."""

    def __init__(self, client: asynchronous.Client, loop: _Loop) -> None:
        self._client = client
        self._loop = loop

    @property
    def ui_url(self) -> str | None:
        return self._client.ui_url

    def submit(
        self,
        flow_source: FlowSource,
        input: JSON = None,
        *,
        id: str | None = None,
        flow: str | None = None,
        task_queue: str = TASK_QUEUE,
        requester: str | None = None,
        verified: bool = False,
        staged: bool = False,
        with_tools: bool = False,
        again: Again = "reject",
        config: Mapping[str, JSON] | None = None,
        require_signed: bool = False,
    ) -> SyncRun:
        submitted = self._client.submit(
            flow_source,
            input,
            id=id,
            flow=flow,
            task_queue=task_queue,
            requester=requester,
            verified=verified,
            staged=staged,
            with_tools=with_tools,
            again=again,
            config=config,
            require_signed=require_signed,
        )
        return SyncRun(self._loop.wait(submitted), self._loop)

    def start_or_send(
        self,
        flow_source: FlowSource,
        input: JSON = None,
        *,
        id: str,
        event: str,
        by: str,
        value: JSON = None,
        key: str | None = None,
        event_id: str | None = None,
        flow: str | None = None,
        task_queue: str = TASK_QUEUE,
        requester: str | None = None,
        again: Again = "new",
        config: Mapping[str, JSON] | None = None,
        require_signed: bool = False,
    ) -> SyncRun:
        sent = self._client.start_or_send(
            flow_source,
            input,
            id=id,
            event=event,
            by=by,
            value=value,
            key=key,
            event_id=event_id,
            flow=flow,
            task_queue=task_queue,
            requester=requester,
            again=again,
            config=config,
            require_signed=require_signed,
        )
        return SyncRun(self._loop.wait(sent), self._loop)

    def run(self, id: str) -> SyncRun:
        return SyncRun(self._client.run(id), self._loop)

    def runs(self, *, flow: str | None = None, status: str | None = None, stuck: bool = False) -> list[RunSummary]:
        async def collect() -> list[RunSummary]:
            return [summary async for summary in self._client.runs(flow=flow, status=status, stuck=stuck)]

        return self._loop.wait(collect())

    def costs(self, *by: By, since: date | None = None, flow: str | None = None, run: str | None = None) -> Costs:
        return self._loop.wait(self._client.costs(*by, since=since, flow=flow, run=run))

    def close(self) -> None:
        self._loop.wait(self._client.close())
        self._loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    address: str | None = None,
    namespace: str | None = None,
    *,
    state_dir: str | os.PathLike[str] | None = None,
    store: ObjectStore | None = None,
    keys: Keyring | None = None,
) -> SyncClient:
    """`interpreter.client.client.connect`, for scripts."""
    loop = _Loop()
    try:
        connected = loop.wait(asynchronous.connect(address, namespace, state_dir=state_dir, store=store, keys=keys))
    except BaseException:
        loop.stop()
        raise
    return SyncClient(connected, loop)


async def _next(events: AsyncIterator[T]) -> T | None:
    return await anext(events, None)
