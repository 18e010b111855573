"""Which steps of a run somebody means who types one: its path, or as much of it as tells it apart.

A screen shows `for`, `[13]` below it and `reply` below that; lines say `[13]/reply`, and titles `for[13]/reply`. Nobody
is shown the `for#2[13]` of the path there, so what is typed may leave out numbers of blocks and whole blocks, but never
another thing than the last of the path. An exact path means itself alone,
and where paths end with what is typed, it means these.
"""

import re
from collections.abc import Iterable

_TURN = re.compile(r"turn (\d+)")


def meant(paths: Iterable[str], typed: str) -> list[str]:
    """Those of `paths` that are meant, in their order."""
    known = list(paths)
    for found in ([path for path in known if path == typed], [path for path in known if path.endswith(f"/{typed}")]):
        if found:
            return found
    segments = _segments(typed)
    return [path for path in known if _leads(_segments(path), segments)]


def _segments(path: str) -> list[tuple[str, str]]:
    """Name and index of each part. An index by itself, as below its loop on a screen, belongs to what stands before."""
    joined = _TURN.sub(r"turn#\1", path.strip().strip("/")).replace("/[", "[")
    parts = (part.strip().partition("[") for part in joined.split("/"))
    return [(name, index.removesuffix("]")) for name, _, index in parts]


def _leads(path: list[tuple[str, str]], typed: list[tuple[str, str]]) -> bool:
    """From the last one back: all that was typed stands in the path, in its order."""
    if not _fits(path[-1], typed[-1]):
        return False
    at = len(path) - 2
    for wanted in reversed(typed[:-1]):
        while at >= 0 and not _fits(path[at], wanted):
            at -= 1
        if at < 0:
            return False
        at -= 1
    return True


def _fits(part: tuple[str, str], wanted: tuple[str, str]) -> bool:
    (name, index), (called, place) = part, wanted
    if place and place != index:
        return False
    return called in (name, name.partition("#")[0]) or (not called and bool(place))
