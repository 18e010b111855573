"""`dsl decompile`."""

import asyncio
import re
from pathlib import Path

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.output import write
from dsl.cli.reading import one_source
from dsl.cli.reporting import report
from dsl.cli.searching import STDIN, holds_text
from dsl.decompiling.decompile import Decompiled, decompile
from dsl.decompiling.expressions import Unwritable
from dsl.definition.definition import Definition
from dsl.diagnostics.inert import inert
from dsl.source import Source
from interpreter.cli import completing
from interpreter.cli.carry_out import carry_out
from interpreter.cli.problem import Misuse, Problem
from interpreter.cli.target import Target, connected, target_options
from interpreter.client.pinned import NotPinned, pinned

_HASH = re.compile(r"[0-9a-f]{8,64}")
DIFFERS = 1


@click.command(
    "decompile",
    epilog="""\b
Examples:
  dsl decompile support.yaml
  dsl decompile support.json -o support.flow
  dsl decompile 1f0c39d2a4b7                # of a run, or of what is stored
  dsl decompile --run support-3f9c2a10
""",
)
@click.argument("what", metavar="FILE|HASH|-", required=False)
@click.option("--run", metavar="RUN", shell_complete=completing.runs, help="The definition that a run is pinned to.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to, not the terminal.",
)
@target_options
@click.pass_context
def decompile_(
    context: click.Context, what: str | None, run: str | None, output: Path | None, target: Target
) -> int | None:
    """Write a definition as a flow file, which has the same hash.

    FILE is JSON or YAML of `dsl compile`. A HASH, or the beginning of one, is looked for in the store and among the
    runs: what a run under way is pinned to can be read, whatever became of its file.

    Ends with 0; 1 when it is no definition, or one whose text seals to another hash here.
    """
    if (what is None) == (run is None):
        raise click.UsageError("Give a FILE or a HASH, or --run RUN.")
    if what is not None and (what == STDIN or holds_text(what)):
        _file(context, what, output)
        return None
    if what is not None and _HASH.fullmatch(what) is None:
        raise click.UsageError(f"there is no file {what}, and it is no hash, which has 8 to 64 of 0-9 and a-f")
    return carry_out(_from_server(what, run, output, target))


def _file(context: click.Context, path: str, output: Path | None) -> None:
    given = one_source(path)
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(1)
    if given.form is None:
        raise click.UsageError(f"{path} is no definition as data; `dsl fmt {path}` lays out a flow file")
    write(given.source.text, output, path)


async def _from_server(hash: str | None, run: str | None, output: Path | None, target: Target) -> int:
    async with connected(target) as client:
        try:
            definition = await pinned(client, hash=hash, run=run)
        except NotPinned as error:
            raise Misuse(str(error)) from error
    made = await asyncio.to_thread(_made, definition)
    write(made.text, output)
    told = _told(definition, made)
    for line in told:
        click.echo(inert(line), err=True)
    return DIFFERS if told else 0


def _made(definition: Definition) -> Decompiled:
    with blaming_ourselves(Source(definition.hash, "")):
        try:
            return decompile(definition, f"{definition.flow}.flow")
        except Unwritable as error:
            raise Problem(f"no text of this version says it: {error}") from error


def _told(definition: Definition, made: Decompiled) -> list[str]:
    """Why the text has another hash here: what was sealed by an older version may not pass today's check."""
    errors = [each for each in made.analysis.diagnostics if each.severity == "error"]
    if errors:
        return [f"this version would not take it: {errors[0].code} {errors[0].message}"]
    if made.difference is not None:
        return [f"it was sealed by another version: its text has another hash than {definition.hash} here"]
    return []
