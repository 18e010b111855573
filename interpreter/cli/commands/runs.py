"""`dsl runs`."""

import asyncio
import shlex
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.asked_directly import ASKED_AT_ONCE, can_be_attached, deserted
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json, print_table
from interpreter.cli.spans import duration_text
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.client import Client
from interpreter.client.errors import ClientError
from interpreter.client.listing import RunSummary
from interpreter.client.repairing import Repairs
from interpreter.client.statuses import STATUSES
from interpreter.encryption.errors import EncryptionError


@click.command(epilog="Example: dsl runs --status running")
@click.option("--flow", metavar="NAME", shell_complete=completing.flows_of_runs, help="Only runs of this flow.")
@click.option("--status", type=click.Choice(STATUSES), help="Only runs that stand so.")
@click.option("--stuck", is_flag=True, help="Only runs that do not go on, children too, and why.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=50,
    metavar="N",
    help="At most so many, the latest first.  [default: 50]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def runs(flow: str | None, status: str | None, stuck: bool, limit: int, as_json: bool, target: Target) -> int:
    """List runs, or those that are stuck."""
    return carry_out(_runs(flow, status, stuck, limit, as_json, target))


async def _runs(flow: str | None, status: str | None, stuck: bool, limit: int, as_json: bool, target: Target) -> None:
    found: list[RunSummary] = []
    left: set[str] = set()
    async with connected(target) as client:
        async for summary in client.runs(flow=flow, status=status, stuck=stuck):
            found.append(summary)
            if len(found) == limit:
                break
        if not stuck:
            left = await deserted(client, (each for each in found if each.status == "running"))
        repaired = {} if stuck else await _repaired(client, found)
    if as_json:
        print_json([_record(each, left, repaired.get(each.id), stuck=stuck) for each in found])
    elif stuck:
        for summary in found:
            click.echo(inert(f"{summary.id}: {_mark(summary)}{summary.stuck}"))
        if not found:
            click.echo("no run is stuck")
    elif found:
        rows = [_row(each, left, repaired.get(each.id)) for each in found]
        print_table(("run", "flow", "status", "age", "hash"), rows)
        _tell_the_way_on([each for each in found if _is_worked_on(each, left) is False], target)
    else:
        click.echo("there are no such runs")


def _tell_the_way_on(left: list[RunSummary], target: Target) -> None:
    """How what nobody works on is carried on."""
    others = [each for each in left if not can_be_attached(each.id, target)]
    if len(others) < len(left):
        click.echo(f"what nobody works on is carried on with dsl attach RUN{target.as_typed}", err=True)
    for queue in sorted({each.task_queue for each in others}):
        worker = f"dsl worker --task-queue {shlex.quote(queue)} --tools MODULE{target.as_typed}"
        click.echo(inert(f"what waits on the task queue {queue} is carried on by a worker: {worker}"), err=True)


async def _repaired(client: Client, found: Iterable[RunSummary]) -> dict[str, Repairs]:
    """How it stands with what is left of those that left something, where that can be told."""
    few = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(id: str) -> Repairs | None:
        async with few:
            try:
                return await client.run(id).repairs()
            except (ClientError, EncryptionError):  # the list says what the run itself has said
                return None

    ids = [each.id for each in found if each.doubts and not each.repairs]
    told = await asyncio.gather(*map(ask, ids))
    return {id: repairs for id, repairs in zip(ids, told, strict=True) if repairs is not None and repairs.acts}


def _record(summary: RunSummary, left: set[str], repaired: Repairs | None, *, stuck: bool) -> dict[str, Any]:
    first = {"id": summary.id, "rehearsal": summary.rehearsal, "staged": summary.staged}
    more = {} if repaired is None else {"left": None if repaired.left is None else len(repaired.left)}
    worked = {} if stuck else {"worked_on": _is_worked_on(summary, left)}
    return {**first, **asdict(summary), **more, **worked}


def _in_doubt(summary: RunSummary, repaired: Repairs | None) -> str:
    if repaired is None:
        return f"{summary.doubts} in doubt"
    if repaired.left is None:
        return "being repaired"
    return f"{len(repaired.left)} left" if repaired.left else "nothing left"


def _mark(summary: RunSummary) -> str:
    words = ["rehearsal"] * summary.rehearsal + ["staged"] * summary.staged
    return f"[{', '.join(words)}] " if words else ""


def _is_worked_on(summary: RunSummary, left: set[str]) -> bool | None:
    return summary.task_queue not in left if summary.status == "running" else None


def _row(summary: RunSummary, left: set[str], repaired: Repairs | None) -> tuple[str, ...]:
    age = duration_text((datetime.now(UTC) - summary.started).total_seconds())
    status = f"{summary.status}, {_in_doubt(summary, repaired)}" if summary.doubts else summary.status
    status = _mark(summary) + status
    status += ", nobody works on it" if _is_worked_on(summary, left) is False else ""
    return summary.id, summary.flow, status, age, summary.hash[:12]
