"""Standard output as the command writes to it: its reader may go, and may not know all characters.

Who has read enough of `dsl plan FILE | head` closes the pipe, and the next that is written fails. That is no failure
of the command: what is said goes nowhere from then on, and it ends as it would have ended. Only what has no end
otherwise asks `reader_is_gone`. A character that the encoding of a terminal lacks is written as an escape.
"""

import io
import os
import stat
import sys
from typing import Any


class _Pipe(io.FileIO):
    """Whether anybody still reads is known when something is written."""

    is_gone = False

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            self.is_gone = True
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(memoryview(data).cast("B"))


_pipes: list[_Pipe] = []


def prepare() -> None:
    """Of this process, whose standard output is there."""
    stream = sys.stdout
    for each in (sys.stdout, sys.stderr):
        if isinstance(each, io.TextIOWrapper):
            each.reconfigure(errors="backslashreplace")
    mode = os.fstat(1).st_mode
    if isinstance(stream, io.TextIOWrapper) and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        pipe = _Pipe(1, "w", closefd=False)
        _pipes.append(pipe)
        through = stream.write_through
        buffer = io.BufferedWriter(pipe)
        sys.stdout = io.TextIOWrapper(buffer, stream.encoding, stream.errors, write_through=through)


def reader_is_gone() -> bool:
    return any(each.is_gone for each in _pipes)
