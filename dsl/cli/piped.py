"""Standard output as the command writes to it: its reader may go, and may not know all characters.

Who has read enough of `dsl plan FILE | head` closes the pipe, and the next that is written fails. That is no failure
of the command: what is said goes nowhere from then on, and it ends as it would have ended. Only what has no end
otherwise asks `reader_is_gone`. A character that the encoding of a terminal lacks is written as an escape.

Standard error has words about what is done, and no result: where they cannot be written, because their reader has gone
or a disk is full, the work goes on without them.
"""

import io
import os
import stat
import sys
from typing import Any, TextIO


class _Pipe(io.FileIO):
    """Whether anybody still reads is known when something is written."""

    is_gone = False

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            self.is_gone = True
            return _into_nowhere(self.fileno(), data)


class _Words(io.FileIO):
    """What is written there is lost where it cannot be written."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BlockingIOError:
            raise
        except OSError:
            return _into_nowhere(self.fileno(), data)


def _into_nowhere(descriptor: int, data: Any) -> int:
    """Whoever else writes to the descriptor, a library or a subprocess, fails no more either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return len(memoryview(data).cast("B"))


_pipes: list[_Pipe] = []
_prepared: list[TextIO] = []
"""What stands in the place of `sys.__stdout__`, if anything does."""


def prepare() -> None:
    """Of this process, whose standard output is there."""
    stream = sys.stdout
    for each in (sys.stdout, sys.stderr):
        if isinstance(each, io.TextIOWrapper):
            each.reconfigure(errors="backslashreplace")
    mode = os.fstat(1).st_mode
    if isinstance(stream, io.TextIOWrapper) and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        sys.stdout = _over(1, stream, write_through=stream.write_through)
        _prepared.append(sys.stdout)
    if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
        sys.stderr.flush()
        buffer = io.BufferedWriter(words_on(2))
        sys.stderr = io.TextIOWrapper(buffer, sys.stderr.encoding, sys.stderr.errors, line_buffering=True)
        sys.__stderr__ = sys.stderr  # type: ignore[misc]


def words_on(descriptor: int) -> io.FileIO:
    """What words are written into; the descriptor stays open when it is closed."""
    return _Words(descriptor, "w", closefd=False)


def is_that_of_the_process(stream: TextIO) -> bool:
    """Whether it writes to the descriptor that subprocesses have for their own."""
    return stream is sys.__stdout__ or stream in _prepared


def moved(stream: TextIO, descriptor: int) -> TextIO:
    """What writes to `descriptor` as `stream` does to its own, which stays open when it is closed."""
    if stream in _prepared:
        return _over(descriptor, stream)
    return open(descriptor, "w", encoding=stream.encoding, errors=stream.errors, closefd=False)


def _over(descriptor: int, like: TextIO, *, write_through: bool = False) -> TextIO:
    pipe = _Pipe(descriptor, "w", closefd=False)
    _pipes.append(pipe)
    return io.TextIOWrapper(io.BufferedWriter(pipe), like.encoding, like.errors, write_through=write_through)


def reader_is_gone() -> bool:
    return any(each.is_gone for each in _pipes)
