"""`dsl check --watch`: what is checked again, and when.

Looked at are the files that were checked, those that they use or would use if they were there, and where things are
said of models; and the folders, for files that come and go. It is looked every third of a second, or so rarely that
looking takes a tenth of the time, whichever is longer.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn, TypeAlias

import click

from dsl.cli.checking import Checking
from dsl.cli.kept.answers import Answers
from dsl.cli.piped import reader_is_gone
from dsl.cli.searching import NoFile, names
from dsl.linking.project import flow_files
from dsl.models.beside import NAME, VARIABLE

OFTEN = 0.3
"""Seconds from one look to the next, at least."""
SHARE = 10
"""A look takes one in so many parts of the time."""
_CLEAR = "\x1b[2J\x1b[H"
"""What has scrolled away stays where it is."""

Mark: TypeAlias = tuple[int, int, int] | None
Seen: TypeAlias = dict[str, Mark]


def watch_for_ever(
    paths: Sequence[str], answers: Answers, check: Callable[[Checking, Sequence[str]], object]
) -> NoReturn:
    """`check` the files of `paths` whenever something has changed. Ctrl-C ends it, as it ends any command."""
    while True:
        if sys.stdout.isatty():
            click.echo(_CLEAR, nl=False)
        files, begun, at = files_of(paths), time.monotonic(), time.time_ns()
        checking = Checking(files, answers.anew())
        before = look(paths, checking)
        try:
            check(checking, files)
        except click.UsageError as error:  # what is said of models cannot be used, for now
            click.echo(f"Error: {error.format_message()}", err=True)
        seen = look(paths, checking)
        told = (
            f"{time.strftime('%H:%M:%S')}: {time.monotonic() - begun:.2f} s. {_number(seen)} watched; Ctrl-C ends it."
        )
        click.echo(told, err=True)
        sys.stdout.flush()
        if reader_is_gone():
            raise click.exceptions.Exit(0)
        if not changed_meanwhile(before, seen, at):
            wait(paths, checking, seen)


def look(paths: Sequence[str], checking: Checking) -> Seen:
    """All that the answer depends on, each with what tells whether it has changed."""
    found = files_of(paths)
    found += _settings(found)
    found += sorted(checking.read)
    found += [file for root in sorted(checking.asked) for file in flow_files(root)]
    return {place: _mark(place) for place in dict.fromkeys(found)}


def wait(paths: Sequence[str], checking: Checking, before: Seen) -> None:
    """Until anything is another than `before`."""
    while True:
        begun = time.monotonic()
        if look(paths, checking) != before:
            return
        time.sleep(max(OFTEN, (time.monotonic() - begun) * SHARE))


def changed_meanwhile(before: Seen, after: Seen, begun: int) -> bool:
    """Whether a file may have changed since it was read: what was not known `before`, when it was `begun` (in
    nanoseconds), may have been written then."""
    now = time.time_ns()
    return any(
        before[place] != mark if place in before else mark is not None and begun <= mark[0] <= now
        for place, mark in after.items()
    )


def files_of(paths: Sequence[str]) -> list[str]:
    """Those that are there. One that is named is written anew in a moment, if it is not."""
    found: list[str] = []
    for path in paths:
        try:
            found += names([path])
        except NoFile:
            found += [] if os.path.isdir(path) else [path]
    return list(dict.fromkeys(found))


def _settings(files: Sequence[str]) -> Iterator[str]:
    """Where things are said of models, or may come to be."""
    for folder in dict.fromkeys(os.path.realpath(os.path.dirname(file)) for file in files):
        here, below = folder, ""
        while here != below:
            yield os.path.join(here, NAME)
            here, below = os.path.dirname(here), here
    said = os.environ.get(VARIABLE, "").strip()
    if said and "=" not in said:
        yield said


def _mark(place: str) -> Mark:
    """What changes when a file is written, moved into its place, or gone."""
    try:
        known = os.stat(place)
    except (OSError, ValueError):
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino


def _number(seen: Seen) -> str:
    number = sum(mark is not None for mark in seen.values())
    return "1 file is" if number == 1 else f"{number:,} files are"
