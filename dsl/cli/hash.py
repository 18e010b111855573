"""`dsl hash`: what a definition is known by."""

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reading import one_source
from dsl.cli.reporting import report
from dsl.source import Source

EPILOG = """\b
Examples:
  dsl hash examples/support.flow
  dsl hash examples/support.flow --flow support
"""


@click.command("hash", epilog=EPILOG)
@click.argument("path", shell_complete=flow_files, metavar="FILE|-")
@click.option(
    "--flow",
    "flow",
    shell_complete=flows_of_the_file,
    metavar="NAME",
    help="Only this flow; its hash alone is printed.",
)
@click.pass_context
def hash_(context: click.Context, path: str, flow: str | None) -> None:
    """Print the hash of each flow's meaning.

    Layout, comments and the order of declarations do not change it. A file with errors has none.
    """
    given = one_source(path)
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(1)
    with blaming_ourselves(given.source):
        _print_hashes(context, given.source, flow)


def _print_hashes(context: click.Context, source: Source, flow: str | None) -> None:
    from dsl.analysis import analyse
    from dsl.ast.declarations import FlowDeclaration
    from dsl.definition.seal import UnknownFlow, seal
    from dsl.linking.files import files_of

    analysis = analyse(source, files=files_of(source.name))
    errors = [each for each in analysis.diagnostics if each.severity == "error"]
    if errors:
        report([(analysis.source, errors)], "text")
        context.exit(1)
    flows = [each.name for each in analysis.module.declarations if isinstance(each, FlowDeclaration)]
    names = [name for name in flows if name not in analysis.module.linked]
    try:
        for name in [flow] if flow else names:
            sealed = seal(analysis.facts, analysis.source, name, gates=analysis.gates, spends=analysis.spends)
            click.echo(sealed.hash if flow else f"{sealed.hash}  {name}")
    except UnknownFlow as error:
        raise click.UsageError(str(error)) from error
