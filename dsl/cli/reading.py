"""`FILE… | FOLDER | -`: the sources that a command is given.

A file that is there but cannot be read is a diagnostic, so the other files are still reported. A path that does not
exist is a mistake on the command line.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from dsl.dataclass import dataclass
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.source import NOWHERE, Source

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Given:
    """A source, what is wrong with its file when it has no text, and the bytes that were read."""

    source: Source
    unreadable: Diagnostic | None = None
    data: bytes = b""


def sources(paths: Sequence[str]) -> list[Given]:
    """Every source once, those of a folder by name."""
    names = dict.fromkeys(name for path in paths for name in _files(path))
    return [_read(name) for name in names]


def one_source(path: str) -> Given:
    """The source of a command that takes one file."""
    if path != STDIN and not _holds_text(Path(path)):
        raise click.UsageError(f"there is no file {path}")
    return _read(path)


def _files(path: str) -> Iterator[str]:
    place = Path(path)
    if path == STDIN or _holds_text(place):
        yield path
    elif place.is_dir():
        found = sorted(file for file in place.rglob("*.flow") if _is_read(file, place))
        if not found:
            raise click.UsageError(f"no .flow file in {path}")
        yield from map(str, found)
    else:
        raise click.UsageError(f"there is no file or folder {path}")


def _holds_text(place: Path) -> bool:
    """A pipe that is named holds one too: that of a shell's `<(…)`, or `/dev/stdin`."""
    return place.is_file() or place.is_fifo()


def _is_read(file: Path, folder: Path) -> bool:
    """A pipe or a socket would be waited for, and a folder may be called so; a link that leads nowhere is told."""
    return not _hidden(file.relative_to(folder)) and (file.is_file() or (file.is_symlink() and not file.exists()))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read(path: str) -> Given:
    name = "<stdin>" if path == STDIN else path
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _unreadable(name, f"the file is not UTF-8 text: byte {error.start}")
    except OSError as error:
        return _unreadable(name, f"the file cannot be read: {(error.strerror or str(error)).lower()}")
    return Given(Source(name, text), data=data)


def _unreadable(name: str, message: str) -> Given:
    advice = "save it as UTF-8 text, readable for you"
    return Given(Source(name, ""), Diagnostic("SF003", message, Label(NOWHERE), help=advice))
