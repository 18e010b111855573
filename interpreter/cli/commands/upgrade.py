"""`dsl upgrade`."""

from pathlib import Path

import click

from dsl.cli.completing import flow_files
from dsl.cli.searching import STDIN
from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.asked_directly import asked_directly
from interpreter.cli.carry_out import carry_out
from interpreter.cli.given_flow import given_source
from interpreter.cli.nameable import nameable
from interpreter.cli.person import current_user
from interpreter.cli.signing import require_signed_option
from interpreter.cli.target import Target, connected, target_options


@click.command(
    epilog="""\b
Examples:
  dsl upgrade support-3f9c2a10 support.flow --note 'the letter names the case'
  dsl upgrade support-3f9c2a10 support.flow --require-signed --address temporal:7233
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=flow_files)
@click.option("--by", metavar="NAME", help="Who wants it.  [default: the user of the system]", callback=nameable)
@click.option("--note", default="", metavar="TEXT", help="Why; stands in the record.")
@require_signed_option
@target_options
def upgrade(run: str, file: Path, by: str | None, note: str, require_signed: bool, target: Target) -> int:
    """Move a run that waits to another text of its flow.

    A run keeps the definition that it began with, unless it is moved on purpose. It is moved where it waits, for a
    person, an event, a time or a run that it has called, and only if what it has passed and what it stands in is the
    same in FILE: what lies ahead may be another. Otherwise it stays as it is, and the reason is told. Who moved it,
    when and why is recorded. `dsl diff HASH FILE`, with the hash that `dsl show RUN` tells, says how they differ.
    """
    return carry_out(_upgrade(run, file, by or current_user(), note, require_signed, target))


async def _upgrade(id: str, file: Path, by: str, note: str, require_signed: bool, target: Target) -> None:
    source = f"{given_source(file).text}\n" if str(file) == STDIN else file
    async with connected(target) as client:
        run = client.run(id)
        async with asked_directly(client, target, run) as unattended:
            moved = await run.upgrade(source, by=by, note=note, require_signed=require_signed)
    if moved.before == moved.now:
        click.echo(inert(f"{id} goes on with {moved.now[:12]} already"))
        return
    click.echo(inert(f"{id} goes on with {moved.now[:12]} instead of {moved.before[:12]}"))
    if unattended:
        click.echo(f"it is recorded, and nothing goes on yet: {unattended}", err=True)
