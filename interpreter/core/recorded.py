"""Which classes stand in the snapshot of a run: each is marked `@recorded` where it is defined.

Their names are written into snapshots, so a class is renamed only together with an upgrade in `snapshot.UPGRADES`.
"""

from dataclasses import is_dataclass
from typing import TypeVar

C = TypeVar("C", bound=type)

RECORDED: dict[str, type] = {}
"""By name."""


def recorded(cls: C) -> C:
    """Let values of this dataclass stand in a snapshot."""
    assert is_dataclass(cls), cls
    assert RECORDED.setdefault(cls.__name__, cls) is cls, f"two recorded classes are called {cls.__name__}"
    return cls
