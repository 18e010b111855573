"""`dsl hash`: what a definition is known by."""

import json

import click

from dsl.cli.completing import flow_files, flows_of_the_file
from dsl.cli.internal import REFUSED, blaming_ourselves
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON: flow and hash of each.")
@click.pass_context
def hash_(context: click.Context, path: str, flow: str | None, as_json: bool) -> None:
    """Print the hash of each flow's meaning.

    Layout, comments and the order of declarations do not change it. A file with errors has none.
    """
    given = one_source(path)
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(REFUSED)
    with blaming_ourselves(given.source):
        _print_hashes(_hashes(context, given.source, flow), alone=flow is not None, as_json=as_json)


def _print_hashes(hashes: dict[str, str], *, alone: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([{"flow": name, "hash": hash} for name, hash in hashes.items()], indent=2))
        return
    for name, hash in hashes.items():
        click.echo(hash if alone else f"{hash}  {name}")


def _hashes(context: click.Context, source: Source, flow: str | None) -> dict[str, str]:
    """By the flow's name."""
    from dsl.analysis import analyse
    from dsl.ast.declarations import FlowDeclaration
    from dsl.definition.seal import UnknownFlow, hashes
    from dsl.linking.files import files_of

    analysis = analyse(source, files=files_of(source.name))
    errors = [each for each in analysis.diagnostics if each.severity == "error"]
    if errors:
        report([(analysis.source, errors)], "text")
        context.exit(REFUSED)
    flows = [each.name for each in analysis.module.declarations if isinstance(each, FlowDeclaration)]
    names = [name for name in flows if name not in analysis.module.linked]
    try:
        return hashes(analysis.facts, [flow] if flow else names, gates=analysis.gates, spends=analysis.spends)
    except UnknownFlow as error:
        raise click.UsageError(str(error)) from error
