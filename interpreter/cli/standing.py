"""How a run stands, and who says so: a worker, a replay of its history, the record that it left, or the history."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from temporalio.client import WorkflowExecutionDescription

from interpreter.boundary.view import RunView
from interpreter.cli.asked_directly import looked_at, told_here
from interpreter.cli.target import Target
from interpreter.client.ending import ending
from interpreter.client.errors import ClientError, NoWorker
from interpreter.client.listing import lacking, stuck_below, what_it_is_of
from interpreter.client.retold import retold
from interpreter.client.run import Run
from interpreter.client.statuses import status_word
from interpreter.client.waiting import waiting_calls, with_carriers


@dataclass(frozen=True)
class Seen:
    """How it stands, and who says so. `unattended`: what must be known where nothing works on it."""

    state: RunView
    told_by: Literal["worker", "replay", "record", "history"]
    unattended: str = ""


async def how_it_stands(target: Target, run: Run, known: dict[str, Any], stuck: str | None) -> Seen:
    """`known` is what the server says of it, `stuck` why it goes no further, if it does not."""
    return await (_ended(run, known) if known["closed"] else _under_way(target, run, known, stuck))


async def _ended(run: Run, known: dict[str, Any]) -> Seen:
    """From what was kept at its end, if it has left that: a run below another has not, nor one that was terminated."""
    kept = await ending(run)
    return Seen(kept, "record") if kept is not None else await _from_history(run, known)


async def _under_way(target: Target, run: Run, known: dict[str, Any], stuck: str | None) -> Seen:
    if stuck is not None:
        return await _retold(run, known)
    asked, unattended = await looked_at(run, target)
    if not unattended:
        with suppress(NoWorker):
            return Seen(await asked.asked_how_it_stands(), "worker")
    return await _from_history(run, known, unattended)


async def _from_history(run: Run, known: dict[str, Any], unattended: str = "") -> Seen:
    """Replayed, or, where that cannot be, as far as it tells by itself."""
    with suppress(ClientError):
        view = await told_here(run).asked_how_it_stands()
        return Seen(view if known["closed"] is None else _when_it_ended(view, known), "replay", unattended)
    return await _retold(run, known, unattended)


def _when_it_ended(view: RunView, known: dict[str, Any]) -> RunView:
    """Of a run that was broken off: nothing of it goes on."""
    return replace(view, status=known["status"], steps=[], questions=[], purses=[])


async def _retold(run: Run, known: dict[str, Any], unattended: str = "") -> Seen:
    flow, hash = str(known["flow"]), str(known["hash"] or "")
    view = RunView(flow, hash, known["status"], known["started"].timestamp(), None, False, notes=await retold(run))
    return Seen(view, "history", unattended)


async def known_of(run: Run) -> dict[str, Any]:
    """What the server says without any worker."""
    description = await run.describe()
    memo = await description.memo()
    flow, hash = await what_it_is_of(run.temporal, description, memo)
    return {
        "run": run.id,
        "flow": flow or None,
        "hash": hash or None,
        "status": status_word(description.status),
        "calls": f"{run.id}/{description.raw_description.workflow_execution_info.first_run_id}",
        "started": description.start_time,
        "closed": description.close_time,
        "cancel_asked": _is_to_end(description),
        "task_queue": description.task_queue,
        "calls_without_worker": await _waiting(run, description),
        "stuck_children": [{"run": child.id, "reason": child.stuck} for child in await stuck_below(run)],
        "waits": lacking(memo) if description.close_time is None else None,
    }


def _is_to_end(description: WorkflowExecutionDescription) -> bool:
    """Whether somebody has cancelled what is under way, whoever has taken note of it."""
    return description.close_time is None and description.raw_description.workflow_extended_info.cancel_requested


async def _waiting(run: Run, description: WorkflowExecutionDescription) -> list[dict[str, Any]]:
    """The calls that no worker has taken yet, and whether there is one that could."""
    calls = waiting_calls(await with_carriers(run.temporal, description))
    deserted = {missing.queue for missing in await run.missing_workers()} if calls else set()
    return [
        {"step": call.path, "call": call.name, "task_queue": call.queue, "since": call.since}
        | {"polled": call.queue not in deserted}
        for call in calls
    ]
