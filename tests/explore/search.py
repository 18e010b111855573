"""Breadth first through all worlds that can be reached, each of which is looked at once; so the trace to the first
world that breaks a rule is the shortest there is.

Of a world that was gone through, only its number is kept, and where it came from: what is needed to tell the trace,
and to find out afterwards from which worlds the run cannot end. Worlds that were not gone through yet are the frontier:
with it, and with what is known, an exploration goes on another day.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dsl.definition.definition import Definition
from tests.explore.happenings import Happening, happenings
from tests.explore.rules import survives, wrong
from tests.explore.steps import step
from tests.explore.worlds import World, world_of


@dataclass
class Found:
    """What is wrong, and the shortest way there."""

    what: str
    trace: list[str]

    def __str__(self) -> str:
        lines = [self.what, *(f"  {number:3} {label}" for number, label in enumerate(self.trace, 1))]
        return "\n".join(lines)


@dataclass
class Exploration:
    """Of one flow. `origins[n]`: the world before the world n, and what happened to it; `ways[n]`: where it leads."""

    frontier: "deque[tuple[int, World]]"
    numbers: dict[bytes, int]
    origins: list[tuple[int, str]] = field(default_factory=lambda: [(-1, "")])
    ways: dict[int, list[int]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    transitions: int = 0
    seconds: float = 0.0
    found: Found | None = None

    @classmethod
    def of(cls, definition: Definition, input_: Any, faults: int = 2) -> "Exploration":
        world = world_of(definition, input_, faults)
        return cls(deque([(0, world)]), {world.key(): 0})

    @property
    def states(self) -> int:
        return len(self.origins)

    @property
    def complete(self) -> bool:
        return not self.frontier

    def go(self, most_states: int, until: Callable[[], bool] = lambda: False) -> "Exploration":
        """Go on until all is known, so many states are, `until` says so, or something is wrong."""
        begun = time.perf_counter()
        while self.frontier and self.found is None and self.states < most_states and not until():
            self._expand(*self.frontier.popleft())
        if self.complete and self.found is None:
            self._look_for_dead_ends()
        self.seconds += time.perf_counter() - begun
        return self

    def _expand(self, number: int, world: World) -> None:
        if world.over:
            self.ends.append(number)
            return
        ways = self.ways[number] = []
        for happening in happenings(world):
            self.transitions += 1
            what = self._take(world, happening, number, ways)
            if what is not None:
                self.found = Found(what, [*self.trace(number), happening.label])
                return
        if not ways:
            self.found = Found("nothing can happen, and the run has not ended", self.trace(number))

    def _take(self, world: World, happening: Happening, number: int, ways: list[int]) -> str | None:
        """Take the step; what is wrong with it, if anything."""
        try:
            taken = step(world, happening)
            what = wrong(taken)
            known = self.states
            ways.append(self._number_of(taken.after, number, happening.label))
            if what is None and self.states > known and taken.new is not None:
                what = survives(taken.new, taken.new_json)
        except Exception as error:  # noqa: BLE001 - whatever the machine raises is what is looked for
            return f"the machine raised {type(error).__name__}: {error}"
        return what

    def _number_of(self, world: World, origin: int, label: str) -> int:
        key = world.key()
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.origins)
            self.origins.append((origin, label))
            self.frontier.append((number, world))
        return number

    def forget_worlds(self) -> None:
        """Keep only what is to be told: for who goes through many flows."""
        self.frontier = deque([(-1, self.frontier[0][1])]) if self.frontier else deque()
        self.numbers, self.ways, self.ends = {}, {}, []

    def trace(self, number: int) -> list[str]:
        labels: list[str] = []
        while number > 0:
            number, label = self.origins[number]
            labels.append(label)
        return labels[::-1]

    def _look_for_dead_ends(self) -> None:
        """From every world, the run can still end."""
        before: dict[int, list[int]] = {}
        for number, ways in self.ways.items():
            for way in ways:
                before.setdefault(way, []).append(number)
        good, todo = set(self.ends), list(self.ends)
        while todo:
            for number in before.get(todo.pop(), ()):
                if number not in good:
                    good.add(number)
                    todo.append(number)
        if len(good) < self.states:
            dead = next(number for number in range(self.states) if number not in good)
            self.found = Found("from here the run can never end", self.trace(dead))
