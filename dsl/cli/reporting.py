"""How problems reach the person who asked: the report on standard output, one line that sums up on standard error."""

import sys
from collections.abc import Sequence
from typing import TextIO

import click

from dsl.cli.styling import styled
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.diagnostics.frame import COLOURED, PLAIN, Style
from dsl.diagnostics.problems import Problems
from dsl.diagnostics.reports import FORMATS, ONE_BY_ONE, in_words
from dsl.source import Source


class Reporting:
    """Files are reported as they come, in a format that is made of lines; else all of them at the end. Of those, what
    is kept until then is the text of files with problems."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._kept: list[tuple[Source, Sequence[Diagnostic]]] = []
        self.errors = self.warnings = self.files = 0

    def add(self, source: Source, found: Sequence[Diagnostic]) -> None:
        errors = sum(each.severity == "error" for each in found)
        self.files += 1
        self.errors += errors
        self.warnings += len(found) - errors
        if self._form not in ONE_BY_ONE:
            self._kept.append((source if found else Source(source.name, ""), found))
        elif found:
            self._print([(source, found)])

    def end(self) -> None:
        """The rest, and the summary."""
        if self._form not in ONE_BY_ONE:
            self._print(self._kept)
        click.echo(in_words(self.errors, self.warnings, self.files), err=True)

    def _print(self, problems: Problems) -> None:
        # Click would strip colours that FORCE_COLOR asked for.
        click.echo(FORMATS[self._form](problems, style_for(sys.stdout)), nl=False, color=True)


def report(problems: Problems, form: str) -> None:
    """Print the report, coloured when someone looks at it, and the summary."""
    reporting = Reporting(form)
    for source, found in problems:
        reporting.add(source, found)
    reporting.end()


def style_for(stream: TextIO) -> Style:
    """Colour on a terminal, unless the environment says otherwise."""
    wanted = styled()
    return COLOURED if wanted or (wanted is None and stream.isatty()) else PLAIN
