"""`dsl attach`."""

from pathlib import Path

import click

from interpreter.cli import completing
from interpreter.cli.carry_out import carry_out
from interpreter.cli.carrying_on import Of, Wanted, as_before, carry_on
from interpreter.cli.own_output import prints_on_standard_error
from interpreter.cli.remembered import recall_whose_worker
from interpreter.cli.serving import Serving, serving_options
from interpreter.cli.signing import key_option, read_key
from interpreter.cli.target import Target, connected, target_options


@click.command(
    epilog="""\b
Example:
  dsl attach support-3f9c2a10
"""
)
@click.argument("run", shell_complete=completing.runs_under_way)
@click.option("--tools", multiple=True, metavar="MODULE|FILE", help="Where the tools are.  [default: as before]")
@click.option("--answers", type=click.Path(path_type=Path), help="YAML with the answers to approvals.")
@serving_options
@key_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each event, the last one the result.")
@target_options
def attach(
    run: str,
    tools: tuple[str, ...],
    answers: Path | None,
    serving: Serving,
    key_file: Path | None,
    as_json: bool,
    target: Target,
) -> int:
    """Come back to a run and carry it on.

    Starts the server and the worker as `dsl run` did, and follows the run to its end. A run that was started in another
    way is only followed, unless --tools are given; one below another has the worker of that.
    """
    with prints_on_standard_error():
        return carry_out(_attach(run, Wanted(tools, answers, serving, read_key(key_file), as_json), target))


async def _attach(id: str, wanted: Wanted, target: Target) -> int:
    before = recall_whose_worker(target.folder, id)
    target = as_before(before, target)
    async with connected(target) as client:
        of = Of(id, f"dsl attach {id}{target.as_typed}")
        return await carry_on(client, client.run(id), before, wanted, target, of)
