"""`dsl cancel`."""

import click

from interpreter.cli.carry_out import carry_out
from interpreter.cli.target import Target, connected, target_options


@click.command(epilog="Example: dsl cancel support-3f9c2a10")
@click.argument("run")
@target_options
def cancel(run: str, target: Target) -> int:
    """Cancel a run; what it did is undone."""
    return carry_out(_cancel(run, target))


async def _cancel(run: str, target: Target) -> None:
    async with connected(target) as client:
        await client.run(run).cancel()
        click.echo(f"{run} is being cancelled; `dsl show {run}` tells how far its undo is", err=True)
