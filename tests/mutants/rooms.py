"""The rooms in which faults are planted, and how many of them the tests are to find."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Room:
    name: str
    goal: int
    """Of a hundred faults that are none by another name, so many are to be found."""
    places: tuple[str, ...]
    but: tuple[str, ...] = ()

    def files(self, root: Path = ROOT) -> list[str]:
        """Of the room, from the root, in an order that is always the same."""
        found = {
            file.relative_to(root).as_posix()
            for place in self.places
            for file in ((root / place).rglob("*.py") if (root / place).is_dir() else [root / place])
        }
        return sorted(file for file in found if not file.startswith(self.but or ("\0",)))


GATES = (
    "dsl/semantics/gating/",
    "dsl/semantics/provenance/",
    "dsl/checks/irreversible.py",
    "dsl/checks/approval_people.py",
)
"""What decides whether an irreversible call was seen by a person, and by whom."""

ROOMS = (
    Room("interpreter/core", 92, ("interpreter/core",)),
    Room("interpreter/workflow", 92, ("interpreter/workflow",)),
    Room("gates", 92, GATES),
    Room("dsl/semantics", 85, ("dsl/semantics",), GATES),
    Room("dsl/checks", 85, ("dsl/checks",), GATES),
    Room("dsl/values", 85, ("dsl/values",)),
    Room("dsl/expressions", 85, ("dsl/expressions",)),
    Room("interpreter/activities", 85, ("interpreter/activities",)),
    Room("interpreter/providers", 85, ("interpreter/providers",)),
)


def chosen(name: str | None) -> tuple[Room, ...]:
    """One room by its name, a folder or file of one, or all."""
    if name is None:
        return ROOMS
    named = tuple(room for room in ROOMS if room.name == name.rstrip("/"))
    return named or tuple(
        Room(name.rstrip("/"), room.goal, (name.rstrip("/"),), room.but)
        for room in ROOMS
        if any(name.startswith(place) for place in room.places) and not name.startswith(room.but or ("\0",))
    )
