"""How a run ended, as it says so itself: by its result, by the ledger in its failure, and by its state."""

import asyncio
import re
import time
from typing import Any, cast

from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError

from interpreter.boundary.names import REPORT_QUERY
from interpreter.boundary.payloads import ChildReport
from interpreter.client.listing import why_stuck
from interpreter.client.run import Run
from interpreter.stores.memory import MemoryStore
from tests.live.runs import LiveRun
from tests.soak.compare import Ended, Outcome

_STATEMENT = re.compile(r"/compensate#\d+$")
QUERIES = 60.0
"""Seconds until a run that has ended must have said how it stands."""


async def ended(run: LiveRun, patience: float) -> Ended:
    try:
        async with asyncio.timeout(patience):
            outcome, listed, detail = await _outcome(run)
    except TimeoutError:
        return Ended(run.id, "hung", detail=await _why(run))
    try:
        async with asyncio.timeout(QUERIES):
            undone, tokens = await _stood(run)
            listed |= await _taken_over(run) if outcome == "cancelled" else {}
    except (TimeoutError, WorkflowQueryFailedError) as error:
        words = f"it ended {outcome}, and cannot say how it stands: {type(error).__name__} {error}"
        return Ended(run.id, "hung", detail=words)
    return Ended(run.id, outcome, listed, undone, detail, tokens)


async def _outcome(run: LiveRun) -> tuple[Outcome, dict[str, str], str]:
    while True:
        try:
            return "completed", _states((await run.handle.result()).ledger), ""
        except WorkflowFailureError as error:
            return _failed(error.cause)
        except RPCError:
            await asyncio.sleep(0.1)


def _failed(cause: BaseException | None) -> tuple[Outcome, dict[str, str], str]:
    if isinstance(cause, CancelledError):
        return "cancelled", {}, ""
    failure = cast(ApplicationError, cause)
    detail = failure.details[0] if failure.details else {}
    return "failed", _states(detail.get("ledger")), f"{failure.type}: {failure.message}"


def _states(ledger: list[Any] | None) -> dict[str, str]:
    """By key. What only looks has nothing in the bank, also where a step says how it is undone; nor has a statement
    that says what is to be done when all is undone.
    """
    found = [entry for entry in ledger or [] if entry["tool"] != "t.read"]
    return {entry["key"]: entry["state"] for entry in found if not _STATEMENT.search(entry["key"])}


async def _stood(run: LiveRun) -> tuple[frozenset[str], int]:
    """What it has undone, and the tokens that it was charged."""
    while True:
        try:
            view = await run.view()
            return frozenset(entry.path for entry in view.ledger if entry.state == "undone"), view.spent.tokens
        except RPCError:
            await asyncio.sleep(0.2)


async def _taken_over(run: LiveRun) -> dict[str, str]:
    """The doubts that a handler of the flow has named, and so taken over: a cancelled run has no failure to list them
    in, but its state does.
    """
    while True:
        try:
            report = await run.handle.query(REPORT_QUERY, result_type=ChildReport)
        except RPCError:
            await asyncio.sleep(0.2)
        else:
            return _states([entry for entry in report.ledger or [] if entry.get("accepted")])


async def _why(run: LiveRun) -> str:
    """What is known of a run that does not end."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(10):
            stuck = await why_stuck(run.client, Run(run.id, run.client, MemoryStore()))
            steps = [f"{step.path} {step.state} {step.detail}".strip() for step in (await run.view()).steps]
            return f"{stuck or 'no task fails'}; {', '.join(steps)}"
    except (RPCError, TimeoutError, WorkflowQueryFailedError) as error:
        return f"it could not be asked for {time.monotonic() - began:.0f} s: {type(error).__name__} {error}"
