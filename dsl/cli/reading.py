"""`FILE… | FOLDER | -`: the sources that a command is given.

A file that is there but cannot be read is a diagnostic, so the other files are still reported. A path that does not
exist is a mistake on the command line.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from dsl.cli.internal import blaming_ourselves
from dsl.cli.searching import STDIN, NoFile, holds_text, names
from dsl.dataclass import dataclass
from dsl.decompiling.forms import Format, format_of
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.diagnostics.inert import inert
from dsl.linking.project import text_of
from dsl.source import NOWHERE, Source, Span

ADVICE = "save it as UTF-8 text, readable for you"
SHOWN = 100
"""Bytes of a file that is no text, from the first on that is none."""


@dataclass(frozen=True, slots=True)
class Given:
    """A source, what is wrong with its file when it has no text, and the bytes that were read. `form`: they are a
    definition as data, and `source` is the text of that, which no file has."""

    source: Source
    unreadable: Diagnostic | None = None
    data: bytes = b""
    form: Format | None = None


def sources(paths: Sequence[str]) -> Iterator[Given]:
    """Every source once, those of a folder by name; each is read when it is asked for."""
    return map(read, named(paths))


def named(paths: Sequence[str]) -> list[str]:
    """The names of all sources."""
    closed: list[str] = []
    try:
        return names(paths, closed)
    except NoFile as error:
        raise click.UsageError(str(error)) from None
    finally:
        if closed:
            more = "" if len(closed) == 1 else f" and {len(closed) - 1:,} more"
            click.echo(f"not looked into, because it may not be read: {inert(closed[0])}{more}", err=True)


def one_source(path: str, *, flow: bool = True) -> Given:
    """The source of a command that takes one file."""
    if path != STDIN and not holds_text(path):
        instead = ": it is a folder" if Path(path).is_dir() else ""
        raise click.UsageError(f"there is no file {inert(path)}{instead}")
    return read(path, flow=flow)


def read(path: str, *, flow: bool = True) -> Given:
    """A file, or standard input. It is a `flow`, as text or as data, or else whatever it is."""
    name = "<stdin>" if path == STDIN else path
    data = b""
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        text = text_of(data)
        return given_of(name, text, data) if flow else Given(Source(name, text), data=data)
    except UnicodeDecodeError as error:
        return _no_text(name, data, error)
    except OSError as error:
        words = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        return Given(Source(name, ""), Diagnostic("SF003", words, Label(NOWHERE), help=ADVICE))


def given_of(name: str, text: str, data: bytes = b"") -> Given:
    """What has been read already: a flow, as text or as data."""
    form = format_of(name, text)
    return Given(Source(name, text), data=data) if form is None else _compiled(name, text, data, form)


def _compiled(name: str, text: str, data: bytes, form: Format) -> Given:
    """The text of a definition, whose mistakes are told with their places in the data."""
    from dsl.decompiling.data import read as read_data
    from dsl.decompiling.placing import span_of
    from dsl.decompiling.unreadable import Unreadable

    with blaming_ourselves(Source(name, text)):
        try:
            return Given(Source(name, read_data(text, form, name).text), data=data, form=form)
        except Unreadable as error:
            place = None if error.pointer is None else span_of(text, error.pointer)
            problem = Diagnostic("SF003", str(error), Label(place or NOWHERE), help=error.help)
            return Given(Source(name, "" if place is None else text), problem, data, form)


def _no_text(name: str, data: bytes, error: UnicodeDecodeError) -> Given:
    """The first byte that is none of a text is marked, with what stands around it."""
    before = error.object[: error.start].decode("utf-8").replace("\r\n", "\n")
    after = error.object[error.start : error.start + SHOWN].decode("utf-8", errors="replace")
    at = len(data) - len(error.object) + error.start
    words = f"the file is not UTF-8 text: byte {at} is {error.object[error.start]:#04x}"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        words = "the file is UTF-16 text, not UTF-8"
    mark = Label(Span(len(before), len(before) + 1))
    source = Source(name, before + after.splitlines()[0])
    return Given(source, Diagnostic("SF003", words, mark, help=ADVICE))
