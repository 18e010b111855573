"""Modules are loaded without looking for garbage: nothing that is loaded is any, and the search takes a tenth of it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Around imports. What is there afterwards is never looked at again, if anything was loaded: else it would be what
    a file left behind, and kept for ever."""
    if not gc.isenabled():  # within another
        yield
        return
    before = len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > before:
            gc.freeze()
        gc.enable()
