"""`dsl check`: every problem of the given files at once."""

from collections.abc import Sequence

import click

from dsl.cli.checking import Checking
from dsl.cli.completing import flow_files
from dsl.cli.kept.answers import Answers
from dsl.cli.progress import shown
from dsl.cli.reading import named
from dsl.cli.reporting import Reporting
from dsl.cli.searching import STDIN
from dsl.diagnostics.reports import FORMATS

EPILOG = """\b
Examples:
  dsl check examples/support.flow
  dsl check flows/ --strict --format concise
  cat support.flow | dsl check -
  dsl check --fix flows/                    # mends what can be mended; --diff shows it and writes nothing
  dsl check --watch flows/                  # again whenever a file changes
  dsl check flows/ --format github          # in a workflow of GitHub: shown at their lines
  dsl check flows/ --format sarif > check.sarif
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, shell_complete=flow_files, metavar="FILE…|FOLDER|-")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="How they are shown."
)
@click.option("--strict", is_flag=True, help="Warnings count as problems.")
@click.option("--fix", is_flag=True, help="Apply the fixes that leave fewer problems, and report the rest.")
@click.option("--diff", is_flag=True, help="With --fix: write nothing; show what would change.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes that was read, until Ctrl-C.")
@click.option("--no-cache", is_flag=True, help="Find out all anew, also what has not changed.")
@click.pass_context
def check(
    context: click.Context,
    paths: Sequence[str],
    form: str,
    strict: bool,
    fix: bool,
    diff: bool,
    watch: bool,
    no_cache: bool,
) -> None:
    """Report every problem of flow files.

    Ends with 0 when there is none, 1 when there are, 2 when used wrongly. Warnings alone end with 0. With --diff, 1
    also where something would change; with --watch, 130 after Ctrl-C.
    """
    if diff and not fix:
        raise click.UsageError("--diff shows what --fix would change: give both")
    if watch and (fix or STDIN in paths):
        raise click.UsageError(f"--watch goes with {'no --fix' if fix else 'files and folders, not with `-`'}")
    answers = Answers("" if no_cache else None)
    files = named(paths)
    if watch:
        from dsl.cli.watching import watch_for_ever

        watch_for_ever(paths, answers, lambda checking, names: checked(checking, names, form, strict))
    failed = False
    if fix:
        from dsl.cli import fixing

        if not diff:
            fixing.refuse_standard_input(files)
        outcome = fixing.fix(files, answers, diff=diff)
        if diff:
            context.exit(int(outcome.changed > 0 or outcome.left["error"] > 0 or (strict and outcome.left.total() > 0)))
        failed, answers = outcome.failed > 0, answers.anew()
    context.exit(int(checked(Checking(files, answers), files, form, strict) or failed))


def checked(checking: Checking, files: Sequence[str], form: str, strict: bool) -> bool:
    """Tell what is wrong with the files; whether that is a failure."""
    reporting = Reporting(form)
    for source, found in shown(checking, len(files), speaks=lambda told: told[1]):
        reporting.add(source, found)
    reporting.end()
    checking.close()
    return reporting.errors > 0 or (strict and reporting.warnings > 0)
