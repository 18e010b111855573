"""One call of a tool's function, on its way through a thread or the tools' loop: how it begins, how it ends.

It may begin late, behind others. Once nobody waits for it any more it must not begin at all: the server may have told
the run that its time is over, and the run may have asked what it did.
"""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interpreter.activities.context import ToolContext

LAST_CHANCE = 2.0
"""Seconds that a function has to end after it was told that nobody waits any more. More than the second by which a
server's timers may be late.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a function ended. An exception is handed over as a value: `StopIteration` or `SystemExit` breaks a loop."""

    value: Any = None
    error: BaseException | None = None


class NotBegun(Exception):
    """Nobody waited for the call any more when its turn came, so the function was not called."""


@dataclass(frozen=True)
class FunctionCall:
    """`ends_at` is the moment by the monotonic clock at which the server stops waiting; None: it never does."""

    tool: str
    function: Callable[..., Any]
    arguments: dict[str, Any]
    context: ToolContext
    ends_at: float | None = field(default=None)

    @property
    def is_async(self) -> bool:
        function = self.function
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)

    def seconds_left(self) -> float | None:
        return None if self.ends_at is None else max(0.0, self.ends_at - time.monotonic())

    def seconds_left_to_end(self) -> float | None:
        """Once the function has ended, or had its time: a little later than the server stops waiting."""
        left = self.seconds_left()
        return None if left is None else left + LAST_CHANCE

    def in_thread(self) -> Outcome:
        if self._is_too_late():
            return Outcome(error=NotBegun())
        try:
            return Outcome(self.function(**self.arguments))
        except BaseException as error:  # noqa: BLE001 - handed over, see Outcome
            return Outcome(error=error)

    async def in_loop(self) -> Outcome:
        if self._is_too_late():
            return Outcome(error=NotBegun())
        try:
            return Outcome(await self.function(**self.arguments))
        except BaseException as error:  # noqa: BLE001 - handed over, see Outcome
            return Outcome(error=error)

    def _is_too_late(self) -> bool:
        return self.context.cancelled or self.seconds_left() == 0.0
