"""Caps over runs, as a run sees them: what its calls set aside there, and what follows where that is refused.

A call that costs, at a model or of a tool, has reserved in the budgets of its run first. Then it sets the same aside in
the book of each cap that binds it, and is made only when that was granted; afterwards it is settled there for what it
did cost. Which caps bind a run is said when it is submitted, and stays so for all that it starts, on whatever worker;
the day or month that counts is the one in which the call is asked for. Where no cap binds, nothing of this happens.

A cap is a budget outside of everything: no `on error` and no `on exhausted` of the run catches that it is reached, but
another model of the agent may be asked, where only some models count there. Where a claim does not fit only because of
what others have set aside, it waits, and asks again; and so it does, whatever fits, when the day is another by now.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from interpreter.boundary.caps import Cap, Claim, ClaimReply, Page
from interpreter.boundary.failures import BUDGET_EXCEEDED, CANCELLED
from interpreter.core.commands import AskBatch, AttemptModel, CallTool, Command, Settle
from interpreter.core.events import CallFailed
from interpreter.core.machine import ROOT, Machine
from interpreter.core.outcomes import Failure
from interpreter.core.state import Amount, Frame, State

FIRST_DELAY, LONGEST_DELAY = 1_000, 30_000
"""Milliseconds until a claim that others leave no room for is made again."""


def claim(state: State, command: str, need: Amount, model: str | None = None) -> Claim | None:
    """What the call of that command sets aside: one at `model`, or of a tool. None where no cap binds it."""
    pages = [_page(cap, state.now) for cap in state.caps if _counts(cap, need, model)]
    if not pages:
        return None
    usd = format(need.usd.normalize(), "f")
    return Claim(f"{state.key_base}/{command}", usd, need.tokens, pages, state.key_base)


def claims_of(command: Command) -> list[Claim]:
    """What has to be set aside before the call is made."""
    match command:
        case AskBatch():
            return command.claims
        case CallTool() | AttemptModel():
            return [] if command.claim is None else [command.claim]
        case _:
            return []


def settle(machine: Machine, frame: Frame, spent: Amount) -> None:
    """The call of the frame's claim, if it has one, has cost `spent`."""
    claimed, frame.claim = frame.claim, None
    if claimed is not None:
        id_ = f"{claimed.id.removeprefix(machine.state.key_base + '/')}!settle"
        usd = format(spent.usd.normalize(), "f")
        machine.issue(machine.state.frames[ROOT], Settle(id_, claimed, usd, spent.tokens))


def leave(machine: Machine, frame: Frame) -> None:
    """The run is about to end: it needs nothing any more on the pages of now; older ones bind nobody."""
    state, definition = machine.state, machine.definition
    models = {model for agent in definition.agents.values() for model in agent.models}
    costs = bool(models) or any(tool.costs is not None for tool in definition.tools.values())
    bound = (cap for cap in state.caps if (costs if cap.models is None else not models.isdisjoint(cap.models)))
    pages = [_page(cap, state.now) for cap in bound]
    if pages:
        claim = Claim(state.key_base, "0", 0, pages, state.key_base)
        machine.issue(frame, Settle(f"{frame.path}!leave", claim, "0", 0, ends=True))


def is_settling(state: State) -> bool:
    """Whether a claim is being settled."""
    return any(type(pending.command) is Settle for pending in state.pending.values())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Of a claim: `details` are those of the failure that it comes to."""

    message: str
    details: dict[str, Any]

    @property
    def cap(self) -> str:
        return str(self.details["cap"])


def refusal(event: CallFailed) -> Refusal | None:
    """Why the call was not made, if that is because of a cap."""
    if event.kind != BUDGET_EXCEEDED or "cap" not in event.detail:
        return None
    return Refusal(event.message, event.detail)


def again_in(state: State, refused: Refusal, tries: int, seed: str) -> int | None:
    """Milliseconds until the claim is made again, for the next time after so many; None is never. What is more than all
    of a cap will fit on no day.
    """
    if refused.details.get("too_large"):
        return None
    left = int((float(refused.details["renews"]) - state.now) * 1000)
    if refused.details.get("busy") and left > 0:
        wait: int = min(FIRST_DELAY * 2 ** min(tries - 1, 30), LONGEST_DELAY)
        return min(wait + _spread(wait, seed, tries), left)
    if left > 0 and not refused.details.get("waits"):
        return None
    return max(left, 0) + _spread(FIRST_DELAY, seed, tries)


def failure(refused: Refusal, path: str, attempts: int) -> Failure:
    """How a call ends that a cap leaves no room for, after so many attempts."""
    details = {name: told for name, told in refused.details.items() if name not in ("busy", "waits", "too_large")}
    details["attempts"] = attempts
    return Failure(BUDGET_EXCEEDED, refused.message, path, details, purse=ROOT)


def is_reached(failure: Failure) -> bool:
    """Whether it says that a cap is reached."""
    return failure.kind == BUDGET_EXCEEDED and type(failure.details) is dict and "cap" in failure.details


def counts_some(failure: Failure) -> bool:
    """Whether it is that of a cap under which only some models count, so another may be asked."""
    return is_reached(failure) and bool(failure.details.get("some_models"))


def period(per: str, at: float) -> tuple[str, float]:
    """The day, or the month, in which a moment is, and when the next begins; of UTC."""
    moment = datetime.fromtimestamp(at, UTC)
    if per == "month":
        first = datetime(moment.year, moment.month, 1, tzinfo=UTC)
        following = datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1, tzinfo=UTC)
        return first.strftime("%Y-%m"), following.timestamp()
    day = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return day.strftime("%Y-%m-%d"), (day + timedelta(days=1)).timestamp()


def _page(cap: Cap, now: float) -> Page:
    name, renews = period(cap.per, now)
    some = cap.models is not None
    return Page(f"{cap.book}/{name}", cap.name, cap.usd, cap.tokens, renews, cap.waits, some)


def _counts(cap: Cap, need: Amount, model: str | None) -> bool:
    """Whether a call that may cost so much counts under the cap."""
    if cap.models is not None and model not in cap.models:
        return False
    return (cap.usd is not None and need.usd > Decimal(0)) or (cap.tokens is not None and need.tokens > 0)


def _spread(wait: int, seed: str, tries: int) -> int:
    """Up to half of the wait, so that those who wait together do not ask together."""
    digest = hashlib.sha256(f"{seed}/{tries}".encode()).digest()
    return wait * int.from_bytes(digest[:2]) // 65536 // 2


def refused_claim(id_: str, at: float, reply: ClaimReply) -> CallFailed:
    """The event for a call that was not made, because its claim was not granted."""
    page = reply.page
    if page is None:
        return CallFailed(at, id_, CANCELLED, "it was settled before", "not_started", retryable=False)
    limit = page.usd if reply.limit == "usd" else f"{page.tokens:,}"
    begins = datetime.fromtimestamp(page.renews, UTC).strftime("%Y-%m-%d %H:%M UTC")
    taken = f" and {reply.reserved} are set aside for calls under way" if reply.outcome == "busy" else ""
    allowed = str(limit).replace(",", "")
    too_large = Decimal(reply.needed.replace(",", "")) > Decimal(allowed)
    message = (
        f"the cap `{page.cap}` is {limit} {reply.limit}; {reply.spent} are spent{taken}, and this call needs up to "
        f"{reply.needed}" + (", which is more than all of it" if too_large else f"; it begins anew at {begins}")
    )
    if reply.closed:
        message = (
            f"the book of the cap `{page.cap}` was ended, so nobody knows what is spent; it begins anew at {begins}"
        )
    details: dict[str, Any] = {
        "cap": page.cap,
        "limit": reply.limit,
        "allowed": allowed,
        "spent": reply.spent,
        "needed": reply.needed,
        "renews": page.renews,
        **({"busy": True} if reply.outcome == "busy" else {}),
        **({"waits": True} if page.waits else {}),
        **({"too_large": True} if too_large else {}),
        **({"some_models": True} if page.some else {}),
    }
    return CallFailed(at, id_, BUDGET_EXCEEDED, message, "not_started", details=(details,))
