"""`dsl resolve`."""

import json
import shlex

import click

from dsl.diagnostics.inert import inert
from interpreter.boundary.payloads import JSON
from interpreter.cli import completing
from interpreter.cli.asked_directly import told_here, works
from interpreter.cli.carry_out import carry_out
from interpreter.cli.left import left_lines, what_next
from interpreter.cli.person import current_user
from interpreter.cli.problem import Misuse
from interpreter.cli.remembered import people_of
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.client import Client
from interpreter.client.repairing import UNSAID, Repairs, Unsaid


@click.command(
    epilog="""\b
Examples:
  dsl resolve support-3f9c2a10 refund --not-done --note 'the bank knows nothing of it'
  dsl resolve support-3f9c2a10 order --done --result '{"id": "o-7"}'
"""
)
@click.argument("run", shell_complete=completing.runs_that_left_something)
@click.argument("step")
@click.option("--done/--not-done", "done", default=None, help="What the step did stands; or it does not.")
@click.option("--result", metavar="JSON", help="What the step answered, where its undo needs that.")
@click.option("--by", metavar="NAME", help="Who says so.  [default: the user of the system]")
@click.option("--note", default="", metavar="TEXT", help="Why; stands in the record.")
@target_options
def resolve(
    run: str, step: str, done: bool | None, result: str | None, by: str | None, note: str, target: Target
) -> int:
    """Say what only a person can know: whether what a step did stands.

    Of a run that has ended and left an effect of which nobody knows. With --done its undo becomes due, where one was
    promised, and `dsl repair` calls it; with --not-done, because it never happened or was undone by hand, nothing is
    left of it. Who says so, and when, is recorded. STEP is its name, or its path as `dsl show` has it.
    """
    if done is None:
        raise Misuse("say whether what the step did stands: --done or --not-done")
    return carry_out(_resolve(run, step, done, _read(result), by or current_user(), note, target))


def _read(result: str | None) -> JSON | Unsaid:
    if result is None:
        return UNSAID
    try:
        return json.loads(result)
    except ValueError as error:
        raise Misuse(f"--result is no JSON: {error}") from error


async def _resolve(id: str, step: str, done: bool, result: JSON | Unsaid, by: str, note: str, target: Target) -> None:
    async with connected(target) as client:
        run = told_here(client.run(id))
        repairs = await run.resolve(step, done=done, by=by, note=note, result=result)
        await _let_it_end(client, target, id, repairs)
    click.echo(inert(f"{id}: {step} {'stands' if done else 'does not stand'}, says {by}"), err=True)
    for line in left_lines(repairs):
        click.echo(line, err=True)
    for line in what_next(f"{shlex.quote(id)}{target.as_typed}", repairs):
        click.echo(line, err=True)


async def _let_it_end(client: Client, target: Target, id: str, repairs: Repairs) -> None:
    """It counts already. On the embedded server a worker stands in where none is, so that its record does not stay
    open."""
    record = client.run(repairs.acts[-1].id)
    if not target.is_embedded or (await record.describe()).close_time is not None or await works(record):
        return
    # A worker takes a while to load, and is seldom needed here.
    from interpreter.cli.working import standing_in

    async with standing_in(client, (await record.describe()).task_queue, people_of(target.folder, id)):
        await record.result()
