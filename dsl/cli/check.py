"""`dsl check`: every problem of the given files at once."""

from collections.abc import Sequence

import click

from dsl.cli.checking import Checking
from dsl.cli.kept.answers import Answers
from dsl.cli.progress import shown
from dsl.cli.reading import named
from dsl.cli.reporting import Reporting
from dsl.diagnostics.reports import FORMATS

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
@click.option("--no-cache", is_flag=True, help="Find out all anew, also what has not changed.")
@click.pass_context
def check(context: click.Context, paths: Sequence[str], form: str, strict: bool, no_cache: bool) -> None:
    """Report every problem of flow files.

    Ends with 0 when there is none, 1 when there are, 2 when used wrongly. Warnings alone end with 0.
    """
    context.exit(int(checked(named(paths), form, strict, cache=not no_cache)))


def checked(files: Sequence[str], form: str, strict: bool, *, cache: bool) -> bool:
    """Tell what is wrong with the files; whether that is a failure."""
    answers = Answers() if cache else None
    reporting = Reporting(form)
    for source, found in shown(Checking(files, answers), len(files)):
        reporting.add(source, found)
    reporting.end()
    if answers is not None:
        answers.close()
    return reporting.errors > 0 or (strict and reporting.warnings > 0)
