"""`dsl cancel`."""

import shlex

import click

from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.asked_directly import nobody_works, works
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Problem
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.listing import why_stuck
from interpreter.client.statuses import how_it_ended


@click.command(epilog="Example: dsl cancel support-3f9c2a10")
@click.argument("run", shell_complete=completing.runs_under_way)
@target_options
def cancel(run: str, target: Target) -> int:
    """Cancel a run; what it did is undone.

    That is the work of a worker. Where none is, or the run is stuck, the cancel is kept until one can act on it; `dsl
    terminate` ends a run without one, and undoes nothing.
    """
    return carry_out(_cancel(run, target))


async def _cancel(id: str, target: Target) -> None:
    async with connected(target) as client:
        run = client.run(id)
        description = await run.describe()
        if description.close_time is not None:
            raise Problem(f"the run {id} {how_it_ended(description.status)} already")
        stuck = await why_stuck(client.temporal, run)
        await run.cancel()
        if stuck is not None:
            hint = f"`dsl terminate {shlex.quote(id)}{target.as_typed}` ends it without undoing anything"
            said = f"is asked to cancel, which it will when it can go on: {stuck}; {hint}"
        elif await works(run):
            said = f"is being cancelled; `dsl show {shlex.quote(id)}{target.as_typed}` tells how far its undo is"
        else:
            said = f"is asked to cancel, and nothing is undone yet: {await nobody_works(run, target)}"
        click.echo(inert(f"{id} {said}"), err=True)
