"""What one workflow task and one execution may carry. Past the server's own limits it ends the run, or the task fails
for ever without a word; so what does not fit waits, or fails with a kind of its own.

Other numbers here would give other commands when a run under way is replayed: changing one needs a patch.
"""

import json
from typing import Any

from temporalio import workflow

MOST_IN_FLIGHT = 1_000
"""Activities at once, and children at once; the server refuses more than 2,000 and would hold the whole run up."""
MOST_BYTES_PER_TASK = 1_500_000
"""Arguments sent in one workflow task; over 4 MB the server ends the run."""
LARGEST_PAYLOAD = 1_900_000
"""Bytes of one argument or result; over 2 MB the task fails."""
LARGEST_STATE = 1_000_000
"""Bytes of a state that travels in the input of the next execution."""
HARD_EVENTS = 15_000
HARD_BYTES = 20_000_000
"""Past these nothing new is started until the run can continue as new."""


class Room:
    """How much of the current workflow task is left for arguments."""

    def __init__(self) -> None:
        self._bytes = 0
        self._length = -1

    @property
    def left(self) -> bool:
        length = workflow.info().get_current_history_length()
        if length != self._length:
            self._length, self._bytes = length, 0
        return self._bytes < MOST_BYTES_PER_TASK

    def take(self, size: int) -> None:
        self._bytes += size


def size_of(value: Any) -> int:
    """The bytes of `value` as JSON; dataclasses count as their fields."""
    return len(json.dumps(value, default=vars, ensure_ascii=False).encode())


def too_large(size: int) -> str:
    return f"its arguments have {size:,} bytes of JSON; at most {LARGEST_PAYLOAD:,} can travel"


def over_hard_limit() -> bool:
    info = workflow.info()
    return info.get_current_history_length() > HARD_EVENTS or info.get_current_history_size() > HARD_BYTES
