"""What was spent where, as runs record it."""

from dataclasses import dataclass


@dataclass
class Cost:
    """What the step at the address `step` of a run of `flow` has spent on one day (of UTC) by what it calls: the agent
    or tool `name`, for an agent at its `model`. `usd` is a decimal text; so many of the `tokens` have no price that was
    known. `attempts` are those that were charged.

    Without a `name` nobody can say more than that a run of `flow` was charged so much. `detached`: that is what a run
    may spend which stands for itself, and tells its own. Without a `day` it was long ago.
    """

    flow: str
    step: str = ""
    name: str = ""
    model: str = ""
    day: str = ""
    usd: str = "0"
    tokens: int = 0
    unpriced: int = 0
    attempts: int = 0
    detached: bool = False
