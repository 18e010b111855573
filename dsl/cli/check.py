"""`dsl check`: every problem of the given files at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.loading import loading
from dsl.cli.reading import Given, sources
from dsl.cli.reporting import report
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.reports import FORMATS

if TYPE_CHECKING:
    from dsl.models.configured import Models

EPILOG = """\b
Examples:
  dsl check examples/support.flow
  dsl check flows/ --strict --format concise
  cat support.flow | dsl check -
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
    problems = [(given.source, diagnostics_of(given)) for given in sources(paths)]
    report(problems, form)
    found = [each for _, diagnostics in problems for each in diagnostics]
    context.exit(int(any(strict or each.severity == "error" for each in found)))


def diagnostics_of(given: Given) -> Sequence[Diagnostic]:
    with loading():
        from dsl.analysis import analyse

    if given.unreadable is not None:
        return (given.unreadable,)
    models = _models_for(given)
    with blaming_ourselves(given.source):
        return analyse(given.source, models).diagnostics


def _models_for(given: Given) -> "Models":
    from dsl.models.configured import models_for
    from dsl.models.unusable import Unusable

    place = Path(given.source.name)
    try:
        return models_for(place.parent if place.is_file() else None)
    except Unusable as error:
        raise click.UsageError(str(error)) from None
