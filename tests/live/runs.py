"""Runs of flow texts on a real server: started as the client does, looked at, answered, waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from interpreter.boundary.names import ANSWER_UPDATE, STATE_QUERY, WORKFLOW
from interpreter.boundary.payloads import JSON, Answer, AnswerReply, RunInput, RunOptions, RunResult
from interpreter.boundary.view import QuestionView, RunView
from interpreter.client.delivering import was_missed
from interpreter.client.submission import prepare
from interpreter.core.outcomes import Failure
from interpreter.core.snapshot import decode
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import ObjectStore

T = TypeVar("T")
POLL = 0.02
PATIENCE = 60.0
"""Seconds until a test gives up waiting; how long something takes is never what is tested."""
SHORT_TASK = timedelta(seconds=2)
"""What a lost or failed workflow task costs."""


@dataclass(frozen=True)
class LiveRun:
    """One run, by its id, whichever execution it has come to."""

    client: Client
    id: str
    first_run: str

    @property
    def handle(self) -> "WorkflowHandle[Any, RunResult]":
        return self.client.get_workflow_handle(self.id, result_type=RunResult)

    async def value(self, patience: float = PATIENCE) -> JSON:
        async with asyncio.timeout(patience):
            return (await self.handle.result()).value

    async def failure(self) -> Failure:
        """How the run failed; whatever else it does is an error of the test."""
        async with asyncio.timeout(PATIENCE):
            try:
                result = await self.handle.result()
            except WorkflowFailureError as error:
                cause = cast(ApplicationError, error.cause)
                return cast(Failure, decode(cause.details[0]["failure"]))
        raise AssertionError(f"the run completed with {result.value!r}")

    async def ending(self) -> BaseException | None:
        """What ended the run, when it did not complete."""
        async with asyncio.timeout(PATIENCE):
            try:
                await self.handle.result()
            except WorkflowFailureError as error:
                return error.cause
        return None

    async def view(self) -> RunView:
        view: RunView = await self.handle.query(STATE_QUERY, 0, result_type=RunView)
        return view

    async def seen(self, condition: Callable[[RunView], T | None]) -> T:
        """The first thing that `condition` finds in the run's view."""

        async def look() -> T | None:
            try:
                return condition(await self.view())
            except (RPCError, WorkflowQueryFailedError):
                return None  # it has not begun, or is just continuing as new

        return await eventually(look)

    async def noted(self, note: str) -> None:
        """Wait until the run has said so: `completed first`."""
        await self.seen(lambda view: any(f"{n.kind} {n.name}" == note for n in view.notes) or None)

    async def question(self) -> QuestionView:
        return await self.seen(lambda view: view.questions[0] if view.questions else None)

    async def answer(self, question: str, decision: str = "approve", *, by: str = "ann", **more: Any) -> AnswerReply:
        """Given again, as the client does, when the workflow task that had it was thrown away by continuing as new."""
        said = {"id": uuid4().hex, "question": question, "decision": decision, "by": by, "group": "leads"}
        given = Answer(**said | more)

        async def give() -> AnswerReply | None:
            try:
                reply: AnswerReply = await self.handle.execute_update(ANSWER_UPDATE, given, result_type=AnswerReply)
            except (RPCError, WorkflowUpdateFailedError) as error:
                if not was_missed(error):
                    raise
                return None
            return reply

        return await eventually(give)

    def child(self, path: str) -> "LiveRun":
        return LiveRun(self.client, f"{self.id}/{self.first_run[-8:]}/{path}", "")

    async def events(self, type_: "EventType.ValueType | None" = None) -> list[HistoryEvent]:
        """Of all executions, the first one's first."""
        found: list[HistoryEvent] = []
        run: str | None = self.first_run
        while run:
            handle = self.client.get_workflow_handle(self.id, run_id=run)
            events = list((await handle.fetch_history()).events)
            found += events
            run = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        return [event for event in found if type_ is None or event.event_type == type_]


@dataclass
class Runs:
    """Starts runs on one task queue."""

    client: Client
    task_queue: str
    store: ObjectStore = field(default_factory=MemoryStore)

    async def start(
        self,
        flow: str,
        input: JSON = None,
        *,
        main: str | None = None,
        eagerly: bool = False,
        options: RunOptions | None = None,
        id: str | None = None,
        **changes: Any,
    ) -> LiveRun:
        """`flow` is the text of a file, `main` the flow that is meant where it has several; `changes` are to the
        workflow's input.
        """
        run_input = prepare(self.store, flow, main, input).input
        run_input.options = options or RunOptions(continue_eagerly=eagerly)
        return await self.start_prepared(RunInput(**vars(run_input) | changes), id=id)

    async def start_prepared(
        self, run_input: RunInput, *, id: str | None = None, attributes: TypedSearchAttributes | None = None
    ) -> LiveRun:
        started = await self.client.start_workflow(
            WORKFLOW,
            run_input,
            id=id or f"{run_input.flow}-{uuid4().hex[:8]}",
            task_queue=self.task_queue,
            task_timeout=SHORT_TASK,
            search_attributes=attributes,
        )
        return LiveRun(self.client, started.id, started.first_execution_run_id or "")


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    """What `look` finds, as soon as it does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await look()
            if found is not None:
                return found
            await asyncio.sleep(POLL)
