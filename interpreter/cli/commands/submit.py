"""`dsl submit`."""

from pathlib import Path

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.definition.seal import Sealed
from dsl.diagnostics.inert import inert
from interpreter.cli.again import again_option
from interpreter.cli.carry_out import carry_out
from interpreter.cli.configuring import config_option, read_config
from interpreter.cli.fields import text_fields
from interpreter.cli.given_flow import given_flow
from interpreter.cli.nameable import nameable
from interpreter.cli.person import current_user
from interpreter.cli.printing import print_json
from interpreter.cli.reading import read_input
from interpreter.cli.signing import require_signed_option, verified_option
from interpreter.cli.target import Target, connected, target_options
from interpreter.cli.writing import writing_options
from interpreter.client.client import TASK_QUEUE
from interpreter.client.compiling import compile_flow
from interpreter.client.starting import Again
from interpreter.client.submission import input_schema, read_source


@click.command(
    epilog="""\b
Example:
  dsl submit examples/support.flow --input examples/support.json --address localhost:7233
"""
)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=flow_files)
@click.option("--input", "given", metavar="FILE|-|JSON", help="The flow's input.")
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="One field of the input: text as it is, else JSON.",
)
@config_option
@click.option("--file", "files", multiple=True, metavar="NAME=PATH", help="A field of the input that is a file.")
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@click.option("--id", metavar="ID", help="The run's id.  [default: the flow's name and a few random digits]")
@click.option(
    "--requester",
    metavar="NAME",
    help="Who asks for it.  [default: the user of the operating system]",
    callback=nameable,
)
@click.option(
    "--task-queue",
    default=TASK_QUEUE,
    show_default=True,
    metavar="NAME",
    help="Where its worker polls.",
    callback=nameable,
)
@again_option
@verified_option
@require_signed_option
@writing_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@target_options
def submit(
    file: Path,
    given: str | None,
    assignments: tuple[str, ...],
    config: tuple[str, ...],
    files: tuple[str, ...],
    flow: str | None,
    id: str | None,
    requester: str | None,
    task_queue: str,
    again: Again,
    verified: bool,
    require_signed: bool,
    staged: bool,
    with_tools: bool,
    as_json: bool,
    target: Target,
) -> int:
    """Start a run and return its id at once.

    FILE may be `-`, standard input. A worker carries it out: `dsl worker`.
    """

    async def start() -> None:
        source = given_flow(file, flow, given)
        sealed = source if isinstance(source, Sealed) else None
        if sealed is None and (assignments or config):
            sealed = compile_flow(read_source(file), flow)
        texts = text_fields(input_schema(sealed)) if sealed is not None else {}
        input = read_input(given, assignments, texts, files)
        values = read_config(config, sealed) if sealed is not None else {}
        async with connected(target) as client:
            run = await client.submit(
                source,
                input,
                id=id,
                flow=flow,
                task_queue=task_queue,
                requester=requester or current_user(),
                verified=verified,
                require_signed=require_signed,
                staged=staged,
                with_tools=with_tools,
                again=again,
                config=values,
            )
            missing = await run.missing_workers()
        if as_json:
            print_json({"run": run.id, "task_queue": task_queue})
        else:
            click.echo(run.id)
        for worker in missing:
            click.echo(inert(worker.advice_at(target.as_typed)), err=True)

    return carry_out(start())
