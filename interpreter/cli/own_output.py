"""Standard output is for results: what tools, their libraries and their subprocesses print goes to standard error."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

_kept: list[TextIO] = []
"""Where results go while standard output is turned away."""


def results() -> TextIO:
    """The stream for results."""
    return _kept[-1] if _kept else sys.stdout


@contextlib.contextmanager
def prints_on_standard_error() -> Iterator[None]:
    """While the block runs, `print` and all that writes to the descriptor of standard output end on standard error."""
    before = sys.stdout
    with _apart(before) as kept:
        _kept.append(kept)
        sys.stdout = sys.stderr
        try:
            yield
        finally:
            sys.stdout = before
            _kept.pop()
            kept.flush()


@contextlib.contextmanager
def _apart(stream: TextIO) -> Iterator[TextIO]:
    """`stream` under a descriptor of its own, the usual one being that of standard error meanwhile. A stream that has
    no descriptor, as one of a test, is not disturbed by subprocesses anyway.
    """
    are_real = stream is sys.__stdout__ and sys.stderr is sys.__stderr__
    if not are_real:
        yield stream
        return
    stream.flush()
    usual = stream.fileno()
    own = os.dup(usual)
    os.dup2(sys.stderr.fileno(), usual)
    try:
        with open(own, "w", encoding=stream.encoding, errors=stream.errors, closefd=False) as kept:
            yield kept
    finally:
        stream.flush()
        os.dup2(own, usual)
        os.close(own)
