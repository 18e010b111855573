"""How far a command has got, on a terminal, where it takes longer than people wait without asking."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")
SILENT = 1.0
"""Seconds, until it is told."""
OFTEN = 0.1
_CLEAR = "\r\x1b[K"


def shown(things: Iterable[T], number: int, stream: TextIO | None = None) -> Iterator[T]:
    """`things`, of which there are `number`; a line says how many of them are done. It is gone while one is handled."""
    stream = sys.stderr if stream is None else stream
    if number < 2 or not stream.isatty():
        yield from things
        return
    told = time.monotonic() + SILENT
    line = ""
    for done, each in enumerate(things, start=1):
        if line:
            stream.write(_CLEAR)
            stream.flush()
        yield each
        if line or time.monotonic() >= told:
            if time.monotonic() >= told:
                line = f"{done:,} of {number:,} files"
                told = time.monotonic() + OFTEN
            stream.write(f"{_CLEAR}{line}")
            stream.flush()
    if line:
        stream.write(_CLEAR)
        stream.flush()
