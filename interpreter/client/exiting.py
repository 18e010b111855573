"""What a program waits for before Python takes itself down.

The threads of temporalio's library hand the end of a call to the event loop, and for a moment after the loop has
ended they may still do so. A Python that is already being taken down then ends the process by SIGABRT: five of 25
measured programs did. While the exit handlers run Python is whole, and a short sleep lets those threads go ahead.
"""

import atexit
import time

PAUSE = 0.05  # seconds


def leave_quietly() -> None:
    """From now on the process pauses once before it ends, however often this is called."""
    atexit.unregister(_pause)
    atexit.register(_pause)


def _pause() -> None:
    time.sleep(PAUSE)
