"""What is remembered in the frames that have a budget: of `budget` and `loop`, of a step of an agent, of the run."""

from dataclasses import dataclass
from typing import Literal

from interpreter.core.memory import Memory
from interpreter.core.outcomes import Failure
from interpreter.core.parking import Parking
from interpreter.core.recorded import recorded

SHORTEST_PAUSE = 0.001


@recorded
@dataclass(slots=True)
class BudgetedMemory(Parking, Memory):
    """`expired` is set when the time is over."""

    phase: Literal["body", "exhausted"] = "body"
    expired: Failure | None = None


@recorded
@dataclass(slots=True)
class LoopMemory(BudgetedMemory):
    """`next` is the number of the iteration to come, of which there are at `most` so many; `idle` counts those since
    something was last `issued`; `pause` is the timer that it waits for, and `seconds` how long. `began` is when the
    first round was due, `tick` the number of the latest that was; `failure` that of a round which is being undone, and
    `over` says that it was the last. `every`: milliseconds from one round to the next, where that was worked out.
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
    every: int | None = None
