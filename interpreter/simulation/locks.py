"""The locks of a simulated world, over all its runs."""

from collections import defaultdict
from collections.abc import Callable

from interpreter.core.lock_queue import LockQueue

Action = Callable[[], None]


class Locks:
    """`soon` lets something happen at this moment, after what happens now."""

    def __init__(self, soon: Callable[[Action], None]) -> None:
        self._soon = soon
        self._queues: dict[str, LockQueue] = defaultdict(LockQueue)
        self._asking: dict[str, Action] = {}

    def ask(self, ticket: str, lock: str, up_to: int, heard: Action) -> None:
        """`heard` happens when it is granted."""
        self._asking[ticket] = heard
        self._grant(self._queues[lock].ask(ticket, up_to))

    def leave(self, ticket: str, lock: str) -> None:
        self._grant(self._queues[lock].leave(ticket))

    def _grant(self, tickets: list[str]) -> None:
        for ticket in tickets:
            self._soon(self._asking[ticket])
