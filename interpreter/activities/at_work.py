"""Which calls are at work in this process, by their idempotency keys: for verifications, which ask what they did.

A call is at work until its function has really ended, also past its timeout and after a cancel, when nobody waits for
it any more. All workers of a process share one register, for a verification may reach another worker than the call.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Register:
    """Thread-safe: functions end in threads of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def enter(self, key: str) -> None:
        with self._lock:
            self._calls[key] += 1

    def leave(self, key: str) -> None:
        with self._lock:
            self._calls[key] -= 1
            if not self._calls[key]:
                del self._calls[key]

    @contextmanager
    def while_entered(self, key: str) -> Iterator[None]:
        self.enter(key)
        try:
            yield
        finally:
            self.leave(key)

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return key in self._calls


AT_WORK = Register()
