"""The one way out of a command."""

import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End the process here and now.

    A process that has used temporalio crashes now and then while Python takes itself down (SIGABRT in 8 of 60 measured
    runs, with the exit code of a crash), so it must not get that far. All cleaning up is done by then.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has gone; it has all that it wanted
            continue
    os._exit(code)
