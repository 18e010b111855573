"""What a command that changes files does with the new text: it is written, or shown beside the old one."""

import sys

import click

from dsl.cli.replacing import Changed, replace
from dsl.cli.reporting import style_for
from dsl.diagnostics.frame import PLAIN
from dsl.diagnostics.inert import inert


def written(name: str, before: bytes, after: bytes) -> bool:
    """Whether the file has the new content; why it has not is said."""
    try:
        replace(name, before, after)
    except Changed:
        click.echo(f"{inert(name)}: somebody else has just written it: it is left as it is", err=True)
        return False
    except OSError as error:
        click.echo(f"{inert(name)}: it cannot be written: {(error.strerror or str(error)).lower()}", err=True)
        return False
    return True


def show_diff(name: str, before: str, after: str) -> None:
    """On standard output, as `diff -u` does."""
    from difflib import unified_diff

    coloured = style_for(sys.stdout) is not PLAIN
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    for line in lines:
        end = "" if line.endswith("\n") else "\n\\ No newline at end of file"
        shown = f"{inert(line.rstrip(chr(10)).replace(chr(9), '    '))}{end}"
        click.echo(click.style(shown, fg=_COLOURS.get(line[0])) if coloured else shown, color=True)


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
