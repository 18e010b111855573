"""Ctrl-C, in three stages: the run stays on disk; it is cancelled; we leave at once."""

import asyncio
import signal
from collections.abc import Callable

SECOND_CHANCE = 2.0
"""Seconds after the first Ctrl-C in which a second one means: cancel."""


class Interrupts:
    """`leaving` is set when the command is to end, `cancelling` when the run is to be cancelled."""

    def __init__(self, on_first: Callable[[], None]) -> None:
        self.leaving = asyncio.Event()
        self.cancelling = asyncio.Event()
        self._on_first = on_first
        self._count = 0
        self._patience: asyncio.TimerHandle | None = None

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.interrupt)
        loop.add_signal_handler(signal.SIGTERM, self.leaving.set)

    def interrupt(self) -> None:
        """One Ctrl-C."""
        self._count += 1
        if self._count == 1:
            self._on_first()
            self._patience = asyncio.get_running_loop().call_later(SECOND_CHANCE, self.leaving.set)
        elif self._count == 2:
            if self._patience is not None:
                self._patience.cancel()
            self.cancelling.set()
        else:
            self.leaving.set()
