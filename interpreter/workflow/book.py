"""The book of a cap for one day or month, as a workflow: what all workers write into, a line at a time.

It decides nothing (`interpreter.core.books` does) and asks for nothing. Its id says the cap and the time, so there is
one, whoever comes first. It ends a while after its time, when no call that was claimed in it can be under way any more.
"""

from datetime import timedelta

from temporalio import workflow

from interpreter.boundary.caps import BookInput, Line, Written
from interpreter.boundary.names import BOOK, BOOK_QUERY, WRITE_UPDATE
from interpreter.core import books

MOST_EVENTS = 2_000
"""After so many it continues as new: the server takes two thousand updates of one execution."""


@workflow.defn(name=BOOK, sandboxed=False)
class BookWorkflow:
    @workflow.init
    def __init__(self, given: BookInput) -> None:
        self._given = given
        self._book = books.opened(given)

    @workflow.run
    async def run(self, given: BookInput) -> Written:
        left = max(given.ends - workflow.time(), 0.0)
        try:
            await workflow.wait_condition(self._is_long, timeout=timedelta(seconds=left), timeout_summary="the end")
        except TimeoutError:
            return self.stands()
        workflow.continue_as_new(books.saved(self._book, given))

    @workflow.update(name=WRITE_UPDATE)
    def write(self, lines: list[Line]) -> list[Written]:
        return [self._book.write(line) for line in lines]

    @workflow.query(name=BOOK_QUERY)
    def stands(self) -> Written:
        return self._book.written("granted")

    def _is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > MOST_EVENTS
