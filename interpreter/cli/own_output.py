"""Standard output is for results: what tools, their libraries and their subprocesses print goes to standard error.

While tools run, both names in `sys` are streams that nobody can close: a tool that closes one, as a library that cleans
up may, takes no word away from the command or from other tools.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from dsl.cli.piped import is_that_of_the_process, moved, words_on

_kept: list[TextIO] = []
"""Where results go while standard output is turned away."""


def results() -> TextIO:
    """The stream for results."""
    return _kept[-1] if _kept else sys.stdout


@contextlib.contextmanager
def prints_on_standard_error() -> Iterator[None]:
    """While the block runs, `print` and all that writes to the descriptor of standard output end on standard error."""
    before = sys.stdout, sys.stderr
    with _apart(before[0]) as kept:
        _kept.append(kept)
        sys.stdout = sys.stderr = _lasting(before[1])
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            _kept.pop()
            kept.flush()


class _Lasting(io.TextIOWrapper):
    """A stream that `close` only flushes."""

    def close(self) -> None:
        self.flush()


def _lasting(stream: TextIO) -> TextIO:
    if stream is not sys.__stderr__:
        return stream
    stream.flush()
    raw = words_on(stream.fileno())
    return _Lasting(raw, encoding=stream.encoding, errors=stream.errors, write_through=True)


def _flush_what_c_code_holds_back() -> None:
    """What a library printed by C's own buffers is still in them: it goes where the rest of it went, or nowhere."""
    import ctypes

    with contextlib.suppress(AttributeError, OSError, TypeError):  # no such function on this platform
        ctypes.CDLL(None).fflush(None)


@contextlib.contextmanager
def _apart(stream: TextIO) -> Iterator[TextIO]:
    """`stream` under a descriptor of its own, the usual one being that of standard error meanwhile. A stream that has
    no descriptor, as one of a test, is not disturbed by subprocesses anyway.
    """
    are_real = is_that_of_the_process(stream) and sys.stderr is sys.__stderr__
    if not are_real:
        yield stream
        return
    stream.flush()
    usual = stream.fileno()
    own = os.dup(usual)
    os.dup2(sys.stderr.fileno(), usual)
    try:
        with moved(stream, own) as kept:
            yield kept
    finally:
        stream.flush()
        _flush_what_c_code_holds_back()
        os.dup2(own, usual)
        os.close(own)
