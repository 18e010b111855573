"""`dsl graph`."""

import sys
from collections.abc import Callable
from pathlib import Path
from shutil import get_terminal_size

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.replacing import Changed, replace
from dsl.definition.definition import Definition
from dsl.diagnostics.inert import inert
from dsl.drawing.draw import draw
from dsl.drawing.formats import FORMATS, format_of
from dsl.drawing.injecting import Asked, BadMarker, injected
from dsl.drawing.layout import NoLayout
from dsl.drawing.mermaid import mermaid
from dsl.drawing.outline import WIDTH, outline
from dsl.drawing.picture import Picture
from interpreter.cli import completing
from interpreter.cli.drawn import definition_of_file
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.target import Target, target_options


@click.command(
    epilog="""\b
Examples:
  dsl graph examples/support.flow
  dsl graph examples/support.flow -o support.svg
  dsl graph examples/weekly.flow one_week --format mermaid
  dsl graph --run support-3f9c2a10 -o run.svg
  dsl graph --inject README.md --check
"""
)
@click.argument("path", metavar="[FILE|-]", shell_complete=flow_files, required=False)
@click.argument("flow", metavar="[FLOW]", shell_complete=flows_of_the_file, required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="How it is written.  [default: what the name after -o ends with, or text]",
)
@click.option("-o", "--output", metavar="FILE", help="Write it there, not to standard output.")
@click.option("--flow", "same", metavar="NAME", shell_complete=flows_of_the_file, help="The same as FLOW.")
@click.option("--alone", is_flag=True, help="Leave out the flows and agents that the flow calls.")
@click.option(
    "--run",
    metavar="RUN",
    shell_complete=completing.runs,
    help="Colour it by how this run stands; FILE may be left out.",
)
@click.option(
    "--inject",
    "pages",
    multiple=True,
    metavar="PAGE",
    help="Write the pictures that a Markdown file asks for between <!-- dsl graph FILE --> and <!-- end dsl graph -->.",
)
@click.option("--check", is_flag=True, help="With --inject: write nothing, and end with 1 where it would.")
@target_options
@click.pass_context
def graph(
    context: click.Context,
    path: str | None,
    flow: str | None,
    same: str | None,
    format_: str | None,
    output: str | None,
    alone: bool,
    run: str | None,
    pages: tuple[str, ...],
    check: bool,
    target: Target,
) -> None:
    """Draw a flow.

    Its branches, loops, waits, approvals, undo, and what it calls: as text for the terminal, as SVG, Mermaid, dot or
    JSON. The same flow gives the same bytes. SVG is laid out by a library that is installed with
    `pip install 'steadflow[graph]'`.
    """
    if pages:
        if path is not None or output is not None or format_ is not None or run is not None:
            raise Misuse("--inject says in the page what is drawn: give it no FILE, --format, -o or --run")
        changed = sum(_inject(context, page, check=check) for page in pages)
        context.exit(1 if check and changed else 0)
    if check:
        raise Misuse("--check goes with --inject PAGE")
    form = format_ or format_of(output)
    if form is None:
        raise Misuse(f"{output} ends like none of {', '.join(FORMATS)}: say with --format which is meant")
    if path is None and run is None:
        raise click.UsageError("Missing argument 'FILE'.", context)
    definition = None if path is None else definition_of_file(context, path, _one_flow(flow, same))
    if run is not None:
        picture = _of_run(run, definition, alone, target)
    else:
        assert definition is not None
        picture = draw(definition, alone=alone)
    _write(picture, form, output)


def _one_flow(flow: str | None, same: str | None) -> str | None:
    if flow is not None and same not in (None, flow):
        raise Misuse(f"one flow is drawn: {flow}, or {same}?")
    return same if flow is None else flow


def _of_run(run: str, definition: Definition | None, alone: bool, target: Target) -> Picture:
    # What asks a run takes a while to load.
    from interpreter.cli.drawn_run import drawn_run

    return drawn_run(run, definition, target, alone=alone)


def _write(picture: Picture, format_: str, output: str | None) -> None:
    try:
        text = _outlined(picture, output) if format_ == "text" else FORMATS[format_](picture)
    except NoLayout as error:
        raise Problem(str(error)) from error
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Misuse(f"{output} cannot be written: {(error.strerror or str(error)).lower()}") from error


def _outlined(picture: Picture, output: str | None) -> str:
    """As wide as the terminal, where it goes to one."""
    return outline(picture, get_terminal_size().columns if output is None and sys.stdout.isatty() else WIDTH)


def _inject(context: click.Context, page: str, *, check: bool) -> bool:
    """Whether it was, or would be, changed."""
    before, text = _read(page)
    try:
        after = injected(text, _drawn_for(context, page)).encode("utf-8")
    except BadMarker as error:
        raise Misuse(f"{page}, {error}") from error
    if after == before:
        return False
    if check:
        click.echo(f"{inert(page)}: a picture is not what its flow is; write it anew with dsl graph --inject", err=True)
        return True
    try:
        replace(page, before, after)
    except Changed as error:
        raise Problem(f"{page}: somebody else has just written it: it is left as it is") from error
    except OSError as error:
        raise Misuse(f"{page} cannot be written: {(error.strerror or str(error)).lower()}") from error
    click.echo(f"{inert(page)}: written", err=True)
    return True


def _read(page: str) -> tuple[bytes, str]:
    try:
        data = Path(page).read_bytes()
        return data, data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misuse(f"{page} is not UTF-8 text: byte {error.start}") from error
    except OSError as error:
        raise Misuse(f"{page} cannot be read: {(error.strerror or str(error)).lower()}") from error


def _drawn_for(context: click.Context, page: str) -> Callable[[Asked], str]:
    def drawn(asked: Asked) -> str:
        file = str(Path(page).parent / asked.file)
        return mermaid(draw(definition_of_file(context, file, asked.flow), alone=asked.alone))

    return drawn
