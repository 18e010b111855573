"""`dsl costs`."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from dsl.ast.duration import parse_duration
from dsl.diagnostics.inert import inert
from interpreter.boundary.view import RunView
from interpreter.cli import completing
from interpreter.cli.asked_directly import looked_at, told_here
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json, print_table
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.costs import WAYS, By, Group, Spending, grouped, spendings
from interpreter.client.ending import ending
from interpreter.client.errors import ClientError
from interpreter.client.run import Run


@click.command(
    epilog="""\b
Examples:
  dsl costs
  dsl costs --by agent --by model --since 7d
  dsl costs --flow support --by day --csv > support.csv
"""
)
@click.option("--by", type=click.Choice(WAYS), multiple=True, help="What to put together; several times for finer.")
@click.option("--since", metavar="DAY", help="Only what was spent since: 2026-11-01, or 7d for the last seven days.")
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=completing.flows_of_runs,
    help="Only runs of this flow, with what they started.",
)
@click.option(
    "--run",
    "run",
    metavar="RUN",
    shell_complete=completing.runs,
    help="Only this run, with what it started.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@target_options
def costs(
    by: tuple[By, ...],
    since: str | None,
    flow: str | None,
    run: str | None,
    as_json: bool,
    as_csv: bool,
    target: Target,
) -> int:
    """Show what was spent, and on what.

    By step, agent, flow, hash, requester, day, run or model, from what runs recorded, also those under way. What a run
    started is in what it has spent, and nothing counts twice. Days are those of UTC. Rehearsals cost nothing. What is
    not known is said to be so.
    """
    if as_json and as_csv:
        raise click.UsageError("Choose one of --json and --csv.")
    first = _day(since) if since is not None else ""
    return carry_out(_costs(by or ("flow",), first, flow, run, as_json, as_csv, target))


def _day(text: str) -> str:
    """The first day that counts."""
    length = parse_duration(text)
    if length is not None:
        return (datetime.now(UTC) - timedelta(milliseconds=length)).strftime("%Y-%m-%d")
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat()
    raise click.BadParameter("expected a day, as 2026-11-01, or how long ago, as 7d", param_hint="--since")


async def _costs(
    by: tuple[By, ...], since: str, flow: str | None, id: str | None, as_json: bool, as_csv: bool, target: Target
) -> None:
    async with connected(target) as client:
        found = await spendings(client, _Teller(target).tell, since=since, flow=flow, id=id)
    groups = grouped(found, by, since)
    if as_json:
        print_json(_record(by, groups, found))
    elif as_csv:
        click.echo(_csv(by, groups), nl=False)
        for line in _what_is_not_known(found, groups):
            click.echo(inert(line), err=True)
    else:
        if groups:
            print_table(_head(by, groups), [*(_row(group, groups) for group in groups), _total(by, groups)])
        else:
            click.echo("nothing was spent")
        for line in _what_is_not_known(found, groups):
            click.echo(inert(line))


class _Teller:
    """How runs stand: by their records, workers, or a replay here. A queue at which nothing works is asked once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._deserted: set[str] = set()

    async def tell(self, run: Run) -> RunView | None:
        description = await run.describe()
        if description.close_time is not None and (kept := await ending(run)) is not None:
            return kept
        asked = told_here(run)
        if description.close_time is None and description.task_queue not in self._deserted:
            asked, unattended = await looked_at(run, self._target)
            if unattended:
                self._deserted.add(description.task_queue)
        try:
            return await asked.asked_how_it_stands()
        except ClientError:
            return None


def _head(by: tuple[By, ...], groups: list[Group]) -> list[str]:
    unpriced = ["without price"] if any(group.unpriced for group in groups) else []
    return [*by, "usd", "tokens", *unpriced, "charged", "runs"]


def _row(group: Group, groups: list[Group]) -> list[str]:
    unpriced = [f"{group.unpriced:,}"] if any(each.unpriced for each in groups) else []
    return [
        *group.key,
        _usd(group),
        f"{group.tokens:,}",
        *unpriced,
        f"{group.attempts:,}",
        str(len(group.runs)),
    ]


def _usd(group: Group) -> str:
    """A question mark where some of it has no price that was known."""
    return f"{group.usd.normalize():f}" + (" + ?" if group.unpriced else "")


def _total(by: tuple[By, ...], groups: list[Group]) -> list[str]:
    whole = Group(("total", *[""] * (len(by) - 1)))
    for group in groups:
        whole.include(group)
    return _row(whole, groups)


def _what_is_not_known(found: list[Spending], groups: list[Group]) -> Iterator[str]:
    for spending in found:
        for reason in spending.untold:
            yield f"not known: {reason}"
        if spending.under_way:
            usd = f"{spending.under_way.normalize():f}"
            yield f"not known: {spending.run} was broken off with calls under way, which may have cost up to {usd} usd"
    made_up = sum(spending.rehearsal for spending in found)
    if made_up:
        yield f"made up: answers of models in {made_up} of {len(found)} runs; budgets count them, and they cost nothing"
    if any(group.unpriced for group in groups):
        yield "not known: the price of some models; their tokens are counted, and what they cost is not"


def _record(by: tuple[By, ...], groups: list[Group], found: list[Spending]) -> dict[str, Any]:
    rows = [
        {
            **dict(zip(by, group.key, strict=True)),
            "usd": f"{group.usd.normalize():f}",
            "tokens": group.tokens,
            "tokens_without_price": group.unpriced,
            "charged": group.attempts,
            "runs": len(group.runs),
        }
        for group in groups
    ]
    return {
        "rows": rows,
        "runs": len(found),
        "rehearsals": [each.run for each in found if each.rehearsal],
        "not_known": [reason for each in found for reason in each.untold],
        "may_have_cost_more": {each.run: f"{each.under_way.normalize():f}" for each in found if each.under_way},
    }


_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def _csv(by: tuple[By, ...], groups: list[Group]) -> str:
    """A cell that a spreadsheet would take for a formula begins with a quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*by, "usd", "tokens", "tokens_without_price", "charged", "runs"])
    for group in groups:
        key = [f"'{part}" if part.startswith(_FORMULA) else part for part in map(inert, group.key)]
        usd = f"{group.usd.normalize():f}"
        writer.writerow([*key, usd, group.tokens, group.unpriced, group.attempts, len(group.runs)])
    return out.getvalue()
