"""Which rows of a run's tree are shown: an agent of sixty turns is one, with what it has taken, until it is unfolded.

Folding hides only what is below a row that says the same in short: the state of a folded row is that of what needs
somebody below it, and its counts are those of all turns. What people told an agent no count says, so it stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from interpreter.cli.board import RUNNING, Item

TURN = "turn "
"""How the label of a turn begins."""


@dataclass(frozen=True)
class Folding:
    """`agents`: what is shown below one, besides nothing: the turns that are under way, its turns as one row each, or
    everything. `depth`: how many levels below the run are shown at all.
    """

    agents: Literal["closed", "under_way", "turns", "open"] = "closed"
    depth: int | None = None

    def rows(self, item: Item, depth: int = 0) -> Iterator[tuple[int, Item]]:
        """The item and what is shown inside, with how deep it stands."""
        if item.is_shown:
            yield depth, item
            depth += 1
        if self.depth is not None and depth > self.depth:
            return
        for inside in item.inside.values():
            if item.node != "agent" or self.agents == "open":
                yield from self.rows(inside, depth)
            else:
                yield from self._of_agent(inside, depth)

    def _of_agent(self, inside: Item, depth: int) -> Iterator[tuple[int, Item]]:
        if not inside.label.startswith(TURN):
            if self.agents == "turns" or inside.own_state in RUNNING or inside.own_state == "told":
                yield depth, inside
        elif self.agents == "turns":
            yield depth, inside
        elif self.agents == "under_way" and inside.state in RUNNING:
            yield from self.rows(inside, depth)


CLOSED = Folding()
UNDER_WAY = Folding("under_way")
EVERYTHING = Folding("open")
