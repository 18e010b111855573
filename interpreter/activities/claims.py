"""What calls may cost is set aside in the books of the caps that bind them, and settled there.

Both may come twice, and count once (`interpreter.core.books`). A claim on several pages is one: where a page refuses
it, the run settles it for nothing on all. That is not done here, because the same claim may be under way a second time.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from temporalio import activity

from interpreter.boundary.caps import ClaimReply, ClaimRequest, Line, Page, Settlement, Written
from interpreter.boundary.names import CLAIM_ACTIVITY, SETTLE_ACTIVITY
from interpreter.core.books import lines_of, refused, settled_by


class WritesBooks(Protocol):
    async def write(self, page: Page, line: Line) -> Written:
        """Raises where nobody can say whether the line was written: it may be written again."""
        ...


def claim_activity(books: WritesBooks) -> Callable[[ClaimRequest], Awaitable[ClaimReply]]:
    @activity.defn(name=CLAIM_ACTIVITY)
    async def claim(request: ClaimRequest) -> ClaimReply:
        return await claimed(books, request)

    return claim


def settle_activity(books: WritesBooks) -> Callable[[Settlement], Awaitable[None]]:
    @activity.defn(name=SETTLE_ACTIVITY)
    async def settle(request: Settlement) -> None:
        for page in request.claim.pages:
            await books.write(page, settled_by(request))

    return settle


async def claimed(books: WritesBooks, request: ClaimRequest) -> ClaimReply:
    for page, line in lines_of(request.claims):
        written = await books.write(page, line)
        if written.outcome != "granted":
            return refused(page, line, written)
    return ClaimReply("granted")
