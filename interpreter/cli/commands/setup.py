"""`dsl setup`."""

import click
from temporalio.service import RPCError

from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Problem
from interpreter.cli.target import Target, connected, target_options
from interpreter.server.setup import ATTRIBUTES, register_attributes


@click.command(epilog="Example: dsl setup --address temporal.example.com:7233 --namespace flows")
@target_options
def setup(target: Target) -> int:
    """Register the search attributes on a server.

    The embedded server has them already. Runs work without them; what is missing is finding runs by flow, hash,
    requester, waiting groups, deadline and cost. Doing it again changes nothing.
    """
    return carry_out(_setup(target))


async def _setup(target: Target) -> None:
    async with connected(target) as client:
        try:
            added = await register_attributes(client.temporal)
        except RPCError as error:
            raise Problem(f"the server refused to register search attributes: {error.message}") from error
    known = [name for name in ATTRIBUTES if name not in added]
    for name in added:
        click.echo(f"registered  {name}")
    for name in known:
        click.echo(f"known       {name}")
