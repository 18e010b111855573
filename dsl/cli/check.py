"""`dsl check`: every problem of the given files at once."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.loading import loading
from dsl.cli.reading import Given, sources
from dsl.cli.reporting import report
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.reports import FORMATS, Problems
from dsl.source import Source

if TYPE_CHECKING:
    from dsl.models.configured import Models

EPILOG = """\b
Examples:
  dsl check examples/support.flow
  dsl check flows/ --strict --format concise
  cat support.flow | dsl check -
  dsl check flows/ --format github          # in a workflow of GitHub: shown at their lines
  dsl check flows/ --format sarif > check.sarif
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="FILE…|FOLDER|-")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="How they are shown."
)
@click.option("--strict", is_flag=True, help="Warnings count as problems.")
@click.pass_context
def check(context: click.Context, paths: Sequence[str], form: str, strict: bool) -> None:
    """Report every problem of flow files.

    Ends with 0 when there is none, 1 when there are, 2 when used wrongly. Warnings alone end with 0.
    """
    problems = each_once([diagnostics_of(given) for given in sources(paths)])
    report(problems, form)
    found = [each for _, diagnostics in problems for each in diagnostics]
    context.exit(int(any(strict or each.severity == "error" for each in found)))


def diagnostics_of(given: Given) -> tuple[Source, Sequence[Diagnostic]]:
    """With the source that they stand in: the file and all that it uses."""
    with loading():
        from dsl.analysis import analyse
        from dsl.linking.files import files_of

    if given.unreadable is not None:
        return given.source, (given.unreadable,)
    models = _models_for(given)
    with blaming_ourselves(given.source):
        found = analyse(given.source, models, files_of(given.source.name))
        return found.source, found.diagnostics


def each_once(problems: Problems) -> Problems:
    """What is wrong in a file that others use is told once: with the file itself, where that is checked too."""
    told = {_key(source, each) for source, found in problems for each in found if _is_own(source, each)}
    kept: list[tuple[Source, Sequence[Diagnostic]]] = []
    for source, found in problems:
        rest = []
        for each in found:
            if _is_own(source, each) or _key(source, each) not in told:
                told.add(_key(source, each))
                rest.append(each)
        kept.append((source, rest))
    return kept


def _is_own(source: Source, diagnostic: Diagnostic) -> bool:
    return source.at(diagnostic.primary.span.start)[0].name == source.name


def _key(source: Source, diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    part, start = source.at(diagnostic.primary.span.start)
    return os.path.realpath(part.name), start, diagnostic.code, diagnostic.message


def _models_for(given: Given) -> "Models":
    from dsl.models.configured import models_for
    from dsl.models.unusable import Unusable

    place = Path(given.source.name)
    try:
        return models_for(place.parent if place.is_file() else None)
    except Unusable as error:
        raise click.UsageError(str(error)) from None
