"""The books of caps, as a worker writes them: many lines together, and it works for them itself.

What many calls ask of one book at the same time goes there in one update.
"""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from interpreter.boundary.caps import BookInput, Line, Page, Written
from interpreter.boundary.names import BOOK, BOOK_QUERY, BOOKS, WRITE_UPDATE
from interpreter.worker.shared_queue import SharedQueue
from interpreter.workflow.book import BookWorkflow

ENDS_AFTER = timedelta(days=2)
"""After its time: until then a call may be settled that was claimed in it."""
TASK_TIMEOUT = timedelta(seconds=2)
"""What a lost worker costs those who wait for a book."""
MOST_LINES = 100
"""In one update."""

Waiting = tuple[Line, "asyncio.Future[Written]"]


class Books:
    """Of one worker. `known` are those that were there when they were asked."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._queue = SharedQueue(client, BOOKS, workflows=[BookWorkflow])
        self._waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
        self._writing: dict[str, asyncio.Task[None]] = {}
        self._known: set[str] = set()

    async def write(self, page: Page, line: Line) -> Written:
        """Raises where nobody can say whether it was written."""
        await self._queue.work()
        written: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._waiting[page.book].append((line, written))
        if page.book not in self._writing:
            self._writing[page.book] = asyncio.create_task(self._write_all(page))
        return await written

    async def stands(self, book: str) -> Written:
        """How it stands; nothing is written."""
        await self._queue.work()
        written: Written = await self._client.get_workflow_handle(book).query(BOOK_QUERY, result_type=Written)
        return written

    async def close(self) -> None:
        for task in self._writing.values():
            task.cancel()
        await self._queue.close()

    async def _write_all(self, page: Page) -> None:
        """What waits for this book, and comes meanwhile."""
        try:
            while waiting := self._waiting.pop(page.book, []):
                await self._write(page, waiting[:MOST_LINES])
                if waiting[MOST_LINES:]:
                    self._waiting[page.book] = waiting[MOST_LINES:] + self._waiting[page.book]
        finally:
            del self._writing[page.book]

    async def _write(self, page: Page, waiting: list[Waiting]) -> None:
        try:
            answers = await self._asked(page, [line for line, _ in waiting])
        except WorkflowAlreadyStartedError:  # it has ended long after its time, or an operator has ended it
            answers = [Written("refused", "tokens" if page.usd is None else "usd", closed=True)] * len(waiting)
        except Exception as error:  # noqa: BLE001 - whatever it was: nobody can say whether it was written
            for _, written in waiting:
                if not written.done():
                    written.set_exception(RuntimeError(f"the book {page.book} cannot be written: {error}"))
            return
        for (_, written), answer in zip(waiting, answers, strict=True):
            if not written.done():
                written.set_result(answer)

    async def _asked(self, page: Page, lines: list[Line]) -> list[Written]:
        if page.book in self._known:
            try:
                handle = self._client.get_workflow_handle(page.book)
                known: list[Written] = await handle.execute_update(WRITE_UPDATE, lines, result_type=list[Written])
                return known
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
        return await self._begun(page, lines)

    async def _begun(self, page: Page, lines: list[Line]) -> list[Written]:
        """Written into a book that may not be there yet."""
        start = WithStartWorkflowOperation[Any, Any](
            BOOK,
            BookInput(page.renews, page.renews + ENDS_AFTER.total_seconds()),
            id=page.book,
            task_queue=BOOKS,
            task_timeout=TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        try:
            written: list[Written] = await self._client.execute_update_with_start_workflow(
                WRITE_UPDATE, lines, start_workflow_operation=start, result_type=list[Written]
            )
        except Exception:  # or the SDK says that nobody looked how the start went
            await asyncio.gather(start.workflow_handle(), return_exceptions=True)
            raise
        self._known.add(page.book)
        return written
