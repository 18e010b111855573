"""How problems reach the person who asked: the report on standard output, one line that sums up on standard error."""

import os
import sys
from typing import TextIO

import click

from dsl.diagnostics.frame import COLOURED, PLAIN, Style
from dsl.diagnostics.reports import FORMATS, Problems, summary


def report(problems: Problems, form: str) -> None:
    """Print the report, coloured when someone looks at it, and the summary."""
    style = style_for(sys.stdout)
    # Click would strip colours that FORCE_COLOR asked for.
    click.echo(FORMATS[form](problems, style), nl=False, color=True)
    click.echo(summary(problems, len(problems)), err=True)


def style_for(stream: TextIO) -> Style:
    """Colour on a terminal; NO_COLOR and FORCE_COLOR, when not empty, say otherwise."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return COLOURED
    return COLOURED if stream.isatty() else PLAIN
