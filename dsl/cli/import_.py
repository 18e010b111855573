"""`dsl import`: declarations out of what somebody else has written down."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.reading import one_source
from dsl.cli.reporting import report
from dsl.diagnostics.inert import inert
from dsl.source import Source

if TYPE_CHECKING:
    from dsl.openapi.document import Document
    from dsl.openapi.writing import Written

EPILOG = """\b
Examples:
  dsl import openapi.json -o pets.flow
  dsl import openapi.yaml --tag orders --tag tickets --name shop
  dsl import openapi.json --operation listPets --server https://pets.example.com/v2
"""


@click.command("import", epilog=EPILOG)
@click.argument("path", metavar="FILE|-")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only operations with this tag; may be repeated.")
@click.option(
    "--operation", "operations", metavar="ID", multiple=True, help="Only the operation of this id; may be repeated."
)
@click.option("--name", metavar="NAME", default="", help="What tools begin with; otherwise the title of the document.")
@click.option("--server", metavar="URL", default="", help="Where it is served; otherwise its first server.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here; it must be new.")
@click.pass_context
def import_(
    context: click.Context,
    path: str,
    tags: tuple[str, ...],
    operations: tuple[str, ...],
    name: str,
    server: str,
    output: Path | None,
) -> None:
    """Write an OpenAPI document as types and tools.

    Versions 3.0 and 3.1, as JSON or YAML. What cannot be said is left out with a comment, and told. Effects come from
    methods: read what it says of them.
    """
    given = one_source(path, flow=False)
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(1)
    if output is not None and output.exists():
        raise click.UsageError(f"{output} is there already")
    with blaming_ourselves(given.source):
        text = _declared(given.source, tags, operations, name, server)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _declared(source: Source, tags: tuple[str, ...], operations: tuple[str, ...], name: str, server: str) -> str:
    from dsl.openapi.document import NoDocument, document_of
    from dsl.openapi.writing import NothingToWrite

    try:
        document = document_of(_read(source))
        written = _passing(document, {"tags": tags, "operations": operations, "server": server, "prefix": name})
    except (NoDocument, NothingToWrite) as error:
        raise click.ClickException(inert(f"{source.name}: {error}")) from error
    for left in written.left:
        click.echo(inert(f"left out: {left.what}: {left.why}"), err=True)
    click.echo(f"{written.tools} tools; {len(written.left)} things are left out", err=True)
    return written.text


def _passing(document: "Document", wanted: dict[str, Any]) -> "Written":
    """What the check refuses all the same is left out, with what it says."""
    from dsl.analysis import analyse
    from dsl.openapi.writing import declarations

    without: dict[str, str] = {}
    while True:
        written = declarations(document, without=without, **wanted)
        found = analyse(Source("imported.flow", written.text)).diagnostics
        errors = [each for each in found if each.severity == "error"]
        refused = {
            part.what: f"the check refuses it: {error.message}"
            for error in errors
            for part in written.parts
            if part.start <= error.primary.span.start < part.end
        }
        if not refused.keys() - without.keys():
            break
        without = refused | without
    if errors:
        click.echo(f"what was written does not pass the check in {len(errors)} places: see `dsl check`", err=True)
    return written


def _read(source: Source) -> Any:
    """JSON, or YAML, which is loaded only for what is none."""
    try:
        return json.loads(source.text)
    except (ValueError, RecursionError) as error:
        if source.text.lstrip().startswith("{"):
            raise click.ClickException(f"{source.name} is no JSON: {error}") from error
    import yaml

    from dsl.openapi.yaml_reading import PlainLoader

    try:
        return yaml.load(source.text, PlainLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise click.ClickException(f"{source.name} is neither JSON nor YAML: {str(error).splitlines()[0]}") from error
