"""`dsl result`."""

import asyncio
import json
import shlex

import click

from dsl.diagnostics.inert import inert, inert_json
from interpreter.boundary.payloads import RunResult
from interpreter.cli import completing
from interpreter.cli.asked_directly import nobody_works, works
from interpreter.cli.budgets import spent_record
from interpreter.cli.carry_out import carry_out
from interpreter.cli.failure import bad_end
from interpreter.cli.printing import print_json
from interpreter.cli.problem import Problem
from interpreter.cli.screen import REHEARSAL
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.troubles import say_troubles
from interpreter.client.errors import RunCancelled, RunFailed, RunTerminated
from interpreter.client.outcome import result_of
from interpreter.client.run import Run


@click.command(epilog="Example: dsl result support-3f9c2a10 --no-wait")
@click.argument("run", shell_complete=completing.runs)
@click.option("--no-wait", is_flag=True, help="Do not wait for a run that is under way: exit code 1.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome with the result, also when it failed.")
@target_options
def result(run: str, no_wait: bool, as_json: bool, target: Target) -> int:
    """Print the result of a run."""
    return carry_out(_result(run, no_wait, as_json, target))


async def _waited_for(run: Run, target: Target) -> RunResult:
    """Its result; who waits for it is told why it does not come."""
    if (await run.describe()).close_time is None and not await works(run):
        click.echo(await nobody_works(run, target), err=True)
    telling = asyncio.create_task(say_troubles(run, lambda line: click.echo(line, err=True)))
    try:
        return await result_of(run.temporal, run.handle, run.store)
    finally:
        telling.cancel()


async def _result(id: str, no_wait: bool, as_json: bool, target: Target) -> int:
    async with connected(target) as client:
        run = client.run(id)
        description = await run.describe()
        if no_wait and description.close_time is None:
            nobody = "" if await works(run) else f", and {await nobody_works(run, target)}"
            raise Problem(inert(f"the run {id} is under way{nobody}"))
        try:
            ended = await _waited_for(run, target)
        except (RunFailed, RunCancelled, RunTerminated) as error:
            end = await bad_end(run, error)
            if as_json:
                print_json({"run": id, **end.record})
            else:
                click.echo(end.text, err=True)
            return 1
    if as_json:
        first = {"run": id, "rehearsal": ended.rehearsal, "staged": ended.staged}
        print_json({**first, "outcome": "completed", "value": ended.value, "spent": spent_record(ended)})
        return 0
    if ended.rehearsal:
        click.echo(REHEARSAL, err=True)
    if ended.staged:
        shown = f"dsl show {shlex.quote(id)}{target.as_typed}"
        click.echo(inert(f"Nothing was written: `{shown}` lists what would have been."), err=True)
    click.echo(inert_json(json.dumps(ended.value, ensure_ascii=False, indent=2)))
    return 0
