"""How far a command has got, on a terminal, where it takes longer than people wait without asking."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")
SILENT = 1.0
"""Seconds, until it is told."""
OFTEN = 0.1
_CLEAR = "\r\x1b[K"


def shown(
    things: Iterable[T], number: int, stream: TextIO | None = None, *, speaks: Callable[[T], object] = lambda _: True
) -> Iterator[T]:
    """`things`, of which there are `number`; a line says how many of them are done. It is gone while one is handled of
    which something is said (`speaks`)."""
    stream = sys.stderr if stream is None else stream
    if number < 2 or not stream.isatty():
        yield from things
        return
    due = time.monotonic() + SILENT
    is_told = False
    for done, each in enumerate(things, start=1):
        if is_told and speaks(each):
            _write(stream, _CLEAR)
            is_told = False
        yield each
        if time.monotonic() >= due:
            _write(stream, f"{_CLEAR}{done:,} of {number:,} files")
            due, is_told = time.monotonic() + OFTEN, True
    if is_told:
        _write(stream, _CLEAR)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
