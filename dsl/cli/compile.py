"""`dsl compile`: a sealed definition as data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.internal import REFUSED, blaming_ourselves
from dsl.cli.output import write
from dsl.cli.reading import Given, one_source
from dsl.cli.reporting import report
from dsl.decompiling.forms import SUFFIXES, Format

if TYPE_CHECKING:
    from dsl.analysis import Analysis
    from dsl.definition.definition import Definition

EPILOG = """\b
Examples:
  dsl compile examples/support.flow
  dsl compile examples/support.flow -o support.yaml
  dsl compile flows.flow --flow refunds --format yaml
"""


@click.command("compile", epilog=EPILOG)
@click.argument("path", metavar="FILE|-", shell_complete=flow_files)
@click.option(
    "--flow",
    metavar="NAME",
    shell_complete=flows_of_the_file,
    help="Which flow of the file.  [default: the one that no other calls]",
)
@click.option("--format", "form", type=click.Choice(["json", "yaml"]), help="[default: as FILE of -o ends, else json]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to, not the terminal.",
)
@click.pass_context
def compile_(context: click.Context, path: str, flow: str | None, form: Format | None, output: Path | None) -> None:
    """Write the sealed definition of a flow as JSON or YAML.

    It is all that the flow means and reaches, with nothing left open, under a schema (`schemas/definition.json`). Every
    command that takes a flow file takes it too, under the same hash; `dsl decompile` makes a text of it.
    """
    given = one_source(path)
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(REFUSED)
    form = form or _ending(output)
    with blaming_ourselves(given.source):
        from dsl.decompiling.data import written

        definition = _definition(context, given, flow)
        text = written(definition, form)
    write(text, output, path)
    if output is not None:
        click.echo(f"{definition.hash}  {definition.flow}", err=True)


def _ending(output: Path | None) -> Format:
    if output is None or not output.suffix:
        return "json"
    form = SUFFIXES.get(output.suffix.lower())
    if form is None:
        raise click.UsageError(f"{output} ends like none of {', '.join(SUFFIXES)}: say with --format which is meant")
    return form


def _definition(context: click.Context, given: Given, flow: str | None) -> "Definition":
    from dsl.analysis import analyse
    from dsl.definition.seal import UnknownFlow, seal
    from dsl.definition.unseal import unseal
    from dsl.linking.files import files_of

    analysis = analyse(given.source, files=files_of(given.source.name))
    errors = [each for each in analysis.diagnostics if each.severity == "error"]
    if errors:
        report([(analysis.source, errors)], "text")
        context.exit(REFUSED)
    try:
        name = flow or _main(analysis)
        sealed = seal(analysis.facts, analysis.source, name, gates=analysis.gates, spends=analysis.spends)
    except UnknownFlow as error:
        raise click.UsageError(str(error)) from error
    return unseal(sealed.json)


def _main(analysis: "Analysis") -> str:
    if analysis.main_flow is not None:
        return analysis.main_flow.name
    names = [each.name for each in analysis.flows]
    raise click.UsageError(
        f"choose a flow with --flow: {', '.join(names)}" if names else "there is no flow in this file"
    )
