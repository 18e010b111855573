"""`dsl tell`."""

import shlex

import click

from dsl.diagnostics.inert import inert
from interpreter.cli import completing
from interpreter.cli.asked_directly import asked_directly
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Misuse
from interpreter.cli.signing import who_answers
from interpreter.cli.target import Target, connected, target_options


@click.command(
    epilog="""\b
Examples:
  dsl tell support-3f9c2a10 "Only hotels near the station, please."
  dsl tell support-3f9c2a10 reply "Only hotels near the station, please."
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.argument("said", nargs=-1, required=True, metavar="[STEP] TEXT")
@click.option("--by", metavar="NAME", help="Who says it.  [default: the user of the system]")
@target_options
def tell(run: str, said: tuple[str, ...], by: str | None, target: Target) -> int:
    """Say something to an agent that is under way.

    It hears it before its next turn, with who said it and when; nobody proves who that is, and no gate opens by it. An
    answer that it is just writing stands in its conversation, and it goes on. STEP is needed only when several agents
    are under way. An agent of a called flow is told by the id of that flow's run.
    """
    if len(said) > 2:
        raise Misuse(
            f"too many words: put what is said into quotes: {shlex.join(['dsl', 'tell', run, ' '.join(said)])}"
        )
    return carry_out(_tell(run, said[-1], said[0] if len(said) == 2 else None, who_answers(by, None), target))


async def _tell(id: str, text: str, step: str | None, by: str, target: Target) -> None:
    async with connected(target) as client:
        run = client.run(id)
        async with asked_directly(client, target, run) as unattended:
            reply = await run.tell(text, step, by=by)
    click.echo(inert(reply.message))
    if unattended:
        click.echo(f"it is recorded, and nobody hears it yet: {unattended}", err=True)
