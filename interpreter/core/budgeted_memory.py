"""What is remembered in the frames of `budget` and `loop`."""

from dataclasses import dataclass
from typing import Literal

from interpreter.core.memory import Memory
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.recorded import recorded

SHORTEST_PAUSE = 0.001


@recorded
@dataclass(slots=True)
class BudgetedMemory(Memory):
    """`expired` is set when the time is over. `asking`: people are asked for more, for the `asked`th time; `refused`:
    they gave none. `held` is how the body ended while that question was still open, `short` how a loop would end that
    people are asked for more rounds of.
    """

    phase: Literal["body", "exhausted"] = "body"
    expired: Failure | None = None
    asked: int = 0
    asking: bool = False
    refused: bool = False
    held: Exit | None = None
    short: Failure | None = None


@recorded
@dataclass(slots=True)
class LoopMemory(BudgetedMemory):
    """`next` is the number of the iteration to come, of which there are at `most` so many; `idle` counts those since
    something was last `issued`; `pause` is the timer that it waits for, and `seconds` how long. `began` is when the
    first round was due, `tick` the number of the latest that was; `failure` that of a round which is being undone, and
    `over` says that it was the last.
    """

    next: int = 0
    idle: int = 0
    issued: int = -1
    pause: str = ""
    seconds: float = SHORTEST_PAUSE
    most: int | None = None
    began: float = 0.0
    tick: int = -1
    failure: Failure | None = None
    over: bool = False
