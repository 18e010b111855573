"""`dsl fmt`: flow files in their one layout."""

import gc
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from dsl.cli.completing import flow_files
from dsl.cli.internal import blaming_ourselves
from dsl.cli.loading import loading
from dsl.cli.reading import Given, sources
from dsl.cli.reporting import style_for
from dsl.cli.searching import STDIN
from dsl.cli.writing import show_diff, written
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.inert import inert
from dsl.diagnostics.reports import FORMATS

EPILOG = """\b
Examples:
  dsl fmt flows/
  dsl fmt --check flows/
  dsl fmt --diff support.flow
  cat support.flow | dsl fmt -
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, shell_complete=flow_files, metavar="FILE…|FOLDER|-")
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.pass_context
def fmt(context: click.Context, paths: Sequence[str], check: bool, diff: bool) -> None:
    """Bring flow files into their one layout.

    There are no options of style. Comments stay where they belong, and what a file says stays the same: that is looked
    at for each, and a file that does not parse is not touched. The text of `-` goes to standard output.

    Ends with 0, or 1 when a file has errors or, with --check or --diff, would change; 2 when used wrongly.
    """
    counts: Counter[str] = Counter()
    with _without_collecting():
        for given in sources(paths):
            counts[_one(given, check=check, diff=diff)] += 1
    click.echo(_summary(counts, written=not (check or diff)), err=True)
    context.exit(int(counts["errors"] > 0 or ((check or diff) and counts["formatted"] > 0)))


def _one(given: Given, *, check: bool, diff: bool) -> str:
    """What became of a file: `formatted` (or would be), `unchanged`, `errors`."""
    if given.form is not None:
        path = STDIN if given.source.name == "<stdin>" else given.source.name
        said = f"a definition as data has no layout; `dsl decompile {path}` writes its text"
        click.echo(f"{inert(given.source.name)}: {inert(said)}", err=True)
        return "errors"
    with loading():
        from dsl.formatting.format import format_text
    standard = given.source.name == "<stdin>"
    with blaming_ourselves(given.source):
        text = None if given.unreadable else format_text(given.source.text)
    if text is None:
        _report(given, standard)
        return "errors"
    after = text.encode("utf-8")
    if standard and not (check or diff):
        click.echo(text, nl=False)
    if after == given.data:
        return "unchanged"
    if check and not diff:
        click.echo(inert(given.source.name))
    elif diff:
        show_diff(given.source.name, given.source.text, text)
    elif not standard and not written(given.source.name, given.data, after):
        return "errors"
    if b"\r\n" in given.data:
        now = "would end" if check or diff else "end"
        click.echo(f"{inert(given.source.name)}: lines {now} with \\n, no longer with \\r\\n", err=True)
    return "formatted"


def _report(given: Given, standard: bool) -> None:
    """What is wrong with a text that has no layout, as `dsl check` says it; beside the output when that is a text."""
    with loading():
        from dsl.syntax.parse import parse

    with blaming_ourselves(given.source):
        found: Sequence[Diagnostic] = [given.unreadable] if given.unreadable else parse(given.source).diagnostics
        errors = [each for each in found if each.severity == "error"]
        if not errors:
            raise AssertionError("a text that parses was not formatted")
    stream = sys.stderr if standard else sys.stdout
    click.echo(FORMATS["text"]([(given.source, errors)], style_for(stream)), nl=False, err=standard, color=True)


def _summary(counts: Counter[str], *, written: bool) -> str:
    """`2 files formatted, 1 unchanged`."""
    verb = "formatted" if written else "would change"
    parts = [
        (counts["formatted"], verb),
        (counts["unchanged"], "unchanged"),
        (counts["errors"], "with errors"),
    ]
    said = [f"{number} {what}" for number, what in parts if number]
    first, *rest = said
    number = int(first.split()[0])
    return ", ".join([first.replace(" ", " file " if number == 1 else " files ", 1), *rest])


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Trees and tokens are many and have no circles: looking for those takes a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
