"""`dsl runs`."""

from datetime import UTC, datetime

import click

from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json, print_table
from interpreter.cli.spans import duration_text
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.listing import RunSummary
from interpreter.client.statuses import STATUSES


@click.command(epilog="Example: dsl runs --status running")
@click.option("--flow", metavar="NAME", shell_complete=completing.flows_of_runs, help="Only runs of this flow.")
@click.option("--status", type=click.Choice(STATUSES), help="Only runs that stand so.")
@click.option("--stuck", is_flag=True, help="Only runs that do not go on, children too, and why.")
@click.option("--limit", default=50, show_default=True, help="At most so many, the latest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def runs(flow: str | None, status: str | None, stuck: bool, limit: int, as_json: bool, target: Target) -> int:
    """List runs, or those that are stuck."""
    return carry_out(_runs(flow, status, stuck, limit, as_json, target))


async def _runs(flow: str | None, status: str | None, stuck: bool, limit: int, as_json: bool, target: Target) -> None:
    found: list[RunSummary] = []
    async with connected(target) as client:
        async for summary in client.runs(flow=flow, status=status, stuck=stuck):
            found.append(summary)
            if len(found) == limit:
                break
    if as_json:
        print_json(found)
    elif stuck:
        for summary in found:
            click.echo(inert(f"{summary.id}: {summary.stuck}"))
        if not found:
            click.echo("no run is stuck")
    elif found:
        print_table(("run", "flow", "status", "age", "hash"), [_row(summary) for summary in found])
    else:
        click.echo("there are no such runs")


def _row(summary: RunSummary) -> tuple[str, ...]:
    age = duration_text((datetime.now(UTC) - summary.started).total_seconds())
    status = f"{summary.status}, {summary.doubts} in doubt" if summary.doubts else summary.status
    return summary.id, summary.flow, status, age, summary.hash[:12]
