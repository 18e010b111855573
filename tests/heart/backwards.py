"""The order of undo, worked out from outside: from when each call was sent, and when it was heard that it had ended.

What began when something else had ended is undone before that. All that a called flow did is undone where the flow
stands among the steps of its caller. Of what ran side by side nothing is claimed. The machine's own numbers are not
looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from interpreter.core.commands import CallTool, Command, StartChild
from interpreter.core.events import CallFailed, ChildEnded, Event, ToolReturned

_OWED = re.compile(r"/(undo|finally|compensate#\d+)(/\d+)?(~.*)?$")
_LATER = re.compile(r"/verify\d*$")
Place = tuple[str, str]
"""A run, by the beginning of its keys, and one of its steps."""


@dataclass
class Seen:
    """When each step began and ended, in steps of the whole simulation; `children` are those that call a flow."""

    now: int = 0
    began: dict[Place, int] = field(default_factory=dict)
    ended: dict[Place, int] = field(default_factory=dict)
    children: set[Place] = field(default_factory=set)

    def look(self, base: str, event: Event, commands: list[Command]) -> None:
        self.now += 1
        if isinstance(event, ToolReturned | CallFailed | ChildEnded) and not _OWED.search(event.id):
            self.ended[base, step_of(event.id)] = self.now
        for command in commands:
            if type(command) is StartChild:
                self.children.add((base, command.id))
            if (type(command) is StartChild or type(command) is CallTool) and not _OWED.search(command.id):
                self.began.setdefault((base, step_of(command.id)), self.now)

    def wrong(self, base: str, undone: list[str]) -> list[tuple[str, str]]:
        """Pairs of what one scope of this run undid the wrong way round."""
        return [(first, then) for first, then in combinations(undone, 2) if self._ended_before(base, first, then)]

    def _ended_before(self, base: str, one: str, other: str) -> bool:
        for first, second in zip(self._places(base, one), self._places(base, other), strict=False):
            if first != second:
                return self.ended.get(first, self.now + 1) <= self.began.get(second, 0)
        return False

    def _places(self, base: str, path: str) -> Iterator[Place]:
        """The step at `path`, and before it those that called the flow in which it stands."""
        while True:
            calling = next((step for of, step in self.children if of == base and path.startswith(f"{step}/")), None)
            if calling is None:
                yield base, path
                return
            yield base, calling
            base, path = f"{base}/{calling}", path.removeprefix(f"{calling}/")


def step_of(id_: str) -> str:
    """The step that a call belongs to, also one that is made again or that asks what became of it."""
    return _LATER.sub("", id_.split("~", maxsplit=1)[0])
