"""`dsl terminate`."""

import shlex
from collections.abc import Sequence

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.cli import completing
from interpreter.cli.asked_directly import looked_at
from interpreter.cli.carry_out import carry_out
from interpreter.cli.failure import entry_line
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.terminal import EndOfInput, can_ask, read_line
from interpreter.client.client import Client
from interpreter.client.errors import ClientError
from interpreter.client.statuses import how_it_ended


@click.command(
    epilog="""\b
Examples:
  dsl terminate support-3f9c2a10
  dsl terminate support-3f9c2a10 --yes --reason 'its object is gone'
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", metavar="TEXT", help="Why; stands in the history.")
@click.option("--json", "as_json", is_flag=True, help="Print what is left behind as JSON.")
@target_options
def terminate(run: str, yes: bool, reason: str, as_json: bool, target: Target) -> int:
    """End a run at once; nothing is undone.

    Says first what that leaves behind, and asks. Needs no worker, so it ends also a run that is stuck; `dsl cancel`
    undoes what a run has done, and is the better way wherever a worker can act on it.
    """
    return carry_out(_terminate(run, yes, reason, as_json, target))


async def _terminate(id: str, yes: bool, reason: str, as_json: bool, target: Target) -> int:
    async with connected(target) as client:
        left, unknown = await _left_behind(client, id, target)
        if not as_json:
            for line in _told(id, left, unknown):
                click.echo(line, err=True)
        if not yes and not await _agreed(id, target):
            click.echo(f"{inert(id)} goes on", err=True)
            return 1
        await client.run(id).terminate(reason)
    if as_json:
        print_json({"run": id, "outcome": "terminated", "left": left, "unknown": unknown})
    else:
        click.echo(f"{inert(id)} is terminated", err=True)
    return 0


async def _left_behind(client: Client, id: str, target: Target) -> tuple[Sequence[JSON] | None, str | None]:
    """What the run leaves behind, or why nobody can tell."""
    run = client.run(id)
    description = await run.describe()
    if description.close_time is not None:
        raise Problem(f"the run {id} {how_it_ended(description.status)} already")
    try:
        run, _ = await looked_at(run, target)
        return await run.left_behind(), None
    except ClientError as error:
        return None, str(error)


def _told(id: str, left: Sequence[JSON] | None, unknown: str | None) -> list[str]:
    cancelled = "the runs that it has started are cancelled within a minute, where a worker is"
    if left is None:
        return [f"what {inert(id)} leaves behind cannot be told: {inert(unknown or '')}", f"  {cancelled}"]
    if not left:
        return [f"{inert(id)} has done nothing that can be undone; {cancelled}"]
    return [f"{inert(id)} leaves behind, and nothing undoes it:", *map(entry_line, left), f"  {cancelled}"]


async def _agreed(id: str, target: Target) -> bool:
    if not can_ask():
        again = f"dsl terminate {shlex.quote(id)} --yes{target.as_typed}"
        raise Misuse(f"nothing was ended: there is nobody to ask here; to end it without: {again}")
    click.echo("terminate it? [y]es  [n]o: ", nl=False, err=True)
    try:
        return (await read_line()).strip().lower() in ("y", "yes")
    except EndOfInput:
        return False
