"""`dsl approvals`."""

from dataclasses import asdict

import click

from dsl.diagnostics.inert import inert
from interpreter.cli import completing, exit_codes
from interpreter.cli.asked_directly import looked_at, telling_the_way_on
from interpreter.cli.carry_out import carry_out
from interpreter.cli.printing import print_json
from interpreter.cli.questions import how_to_answer, question_lines
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.client import Client
from interpreter.client.errors import ClientError
from interpreter.client.questions import Asked, asks


@click.command(epilog="Example: dsl approvals support-3f9c2a10")
@click.argument("run", required=False, shell_complete=completing.runs_under_way)
@click.option("--group", metavar="NAME", help="Only questions to this group or person.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def approvals(run: str | None, group: str | None, as_json: bool, target: Target) -> int:
    """List the questions that are open.

    Those of one run, or of all runs that are under way. The exit code is 6 when one of them could not be asked.
    """
    return carry_out(_approvals(run, group, as_json, target))


async def _approvals(id: str | None, group: str | None, as_json: bool, target: Target) -> int:
    async with connected(target) as client:
        asked, all_said = (await _of_run(client, id, target), True) if id is not None else await _of_all(client, target)
    code = exit_codes.DONE if all_said else exit_codes.UNATTENDED
    asked = [one for one in asked if group is None or asks(one.question, group)]
    if as_json:
        print_json([{**_first(one), **asdict(one.question)} for one in asked])
        return code
    if not asked and all_said:
        click.echo("nothing is asked now" if group is None else f"nothing is asked of {inert(group)} now")
    for one in asked:
        only = sum(other.run.id == one.run.id for other in asked) == 1
        click.echo(f"{one.run.id} asks")
        for line in [*question_lines(one.question), "  answer with:"]:
            click.echo(f"  {line}")
        for command in how_to_answer(one.run.id, one.question, only=only, server=target.as_typed):
            click.echo(f"      {command}")
    return code


def _first(asked: Asked) -> dict[str, str | bool]:
    return {"run": asked.run.id, "rehearsal": asked.question.rehearsal, "staged": asked.question.staged}


async def _of_run(client: Client, id: str, target: Target) -> list[Asked]:
    run, unattended = await looked_at(client.run(id), target)
    if not unattended:
        return await run.asked()
    async with telling_the_way_on(run, target):
        return await run.asked()


async def _of_all(client: Client, target: Target) -> tuple[list[Asked], bool]:
    """What is asked, and whether every run could be asked."""
    asked: list[Asked] = []
    all_said = True
    async for summary in client.runs(status="running"):
        try:
            asked += await _of_run(client, summary.id, target)
        except ClientError as error:
            click.echo(f"{summary.id}: {error}", err=True)
            all_said = False
    return asked, all_said
