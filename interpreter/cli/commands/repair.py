"""`dsl repair`."""

import shlex

import click

from interpreter.cli import completing
from interpreter.cli.asked_directly import told_here
from interpreter.cli.carry_out import carry_out
from interpreter.cli.carrying_on import Of, Wanted, as_before, carry_on
from interpreter.cli.own_output import prints_on_standard_error
from interpreter.cli.remembered import recall
from interpreter.cli.serving import Serving
from interpreter.cli.target import Target, connected, target_options


@click.command(
    epilog="""\b
Examples:
  dsl repair support-3f9c2a10
  dsl repair support-3f9c2a10 --detach --address temporal:7233
"""
)
@click.argument("run", shell_complete=completing.runs_that_left_something)
@click.option("--tools", multiple=True, metavar="MODULE|FILE", help="Where the tools are.  [default: as before]")
@click.option("--detach", is_flag=True, help="Print the id of the repair, and leave it to workers.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each event, the last one the result.")
@target_options
def repair(run: str, tools: tuple[str, ...], detach: bool, as_json: bool, target: Target) -> int:
    """Undo what a run left that could not be undone.

    Calls each undo again that has failed, with the arguments that were stored when its step settled and under the same
    key, in a run of its own, which is followed to its end as by `dsl attach`. Where nobody knows whether a step, or its
    undo, took effect, `dsl resolve` comes first. A second `dsl repair` joins the one that is under way. Only a run that
    has ended is repaired.
    """
    if detach:
        return carry_out(_begin(run, target))
    with prints_on_standard_error():
        return carry_out(_repair(run, Wanted(tools, None, Serving(), None, as_json), target))


async def _begin(id: str, target: Target) -> None:
    async with connected(as_before(recall(target.folder, id), target)) as client:
        click.echo((await told_here(client.run(id)).repair()).id)


async def _repair(id: str, wanted: Wanted, target: Target) -> int:
    before = recall(target.folder, id)
    target = as_before(before, target)
    async with connected(target) as client:
        repairing = await told_here(client.run(id)).repair()
        of = Of(id, f"dsl repair {shlex.quote(id)}{target.as_typed}")
        return await carry_on(client, repairing, before, wanted, target, of)
