"""What a model is writing, as the heartbeats of its call tell it: for people who look on, and for nothing else.

Only the end of the text is told, at most twice a second, and Temporal passes on what it likes of that: whoever looks on
sees by the numbers what he missed. It stands in no history, unless the call is lost: then the failure has the latest.
"""

import time
from collections.abc import Callable

from temporalio import activity

from interpreter.boundary.payloads import JSON
from interpreter.boundary.written import LONGEST_TAIL, Written

EVERY_SECONDS = 0.5


class Writing:
    """Hears the pieces of an answer; `beat` says how far it is."""

    def __init__(self, tell: Callable[[JSON], None] = activity.heartbeat) -> None:
        self._tell = tell
        self._told_at = 0.0
        self._written = Written()

    def heard(self, piece: str) -> None:
        before = self._written
        tail = (before.text + piece)[-LONGEST_TAIL:]
        self._written = Written(before.number + 1, before.length + len(piece), tail)
        if time.monotonic() - self._told_at >= EVERY_SECONDS:
            self.beat()

    def beat(self) -> None:
        self._told_at = time.monotonic()
        self._tell(vars(self._written))
