"""What goes wrong in a round, and when: decided beforehand from the seed alone, so it can be repeated."""

import random
from dataclasses import dataclass
from typing import Literal

SPAN = 5.0
"""Seconds in which faults come."""

What = Literal["kill a worker", "stop a worker", "kill the server", "all workers away", "cancel"]


@dataclass(frozen=True, order=True)
class Fault:
    """`seconds`: how long the server, or all workers, are away. `which` chooses the worker, or is the run's number."""

    at: float
    what: What
    which: int = 0
    seconds: float = 0.0


def plan(chance: random.Random, runs: int) -> list[Fault]:
    def some(what: What, number: int, least: float = 0.0, most: float = 0.0) -> list[Fault]:
        return [
            Fault(chance.uniform(0.3, SPAN), what, chance.randrange(100), chance.uniform(least, most))
            for _ in range(number)
        ]

    faults = some("kill a worker", chance.randint(2, 6)) + some("stop a worker", chance.choice([0, 0, 1]))
    faults += some("kill the server", chance.choice([0, 1, 1, 2]), 0.0, 1.0)
    faults += some("all workers away", chance.choice([0, 0, 1]), 1.5, 5.0)
    faults += [Fault(chance.uniform(0.2, SPAN + 2), "cancel", run) for run in range(runs) if chance.random() < 0.3]
    return sorted(faults)
