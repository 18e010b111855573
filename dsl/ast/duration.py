"""Durations as they are written, in source text and on the wire: `1h30m`. Inside they are whole milliseconds."""

import re

from dsl.regex import regex

UNITS: dict[str, int] = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
"""Milliseconds of each unit, largest first."""

LONGEST = 100_000 * UNITS["d"]
"""Longer durations are refused: they would leave the calendar."""

_DURATION = regex(r"-?" + "".join(rf"(?:(\d{{1,15}}){unit})?" for unit in UNITS), re.ASCII)


def parse_duration(text: str) -> int | None:
    """Milliseconds of `1h30m`, units from large to small, each at most once; None when it is not a duration."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    total = sum(int(count) * size for count, size in zip(match.groups(), UNITS.values(), strict=True) if count)
    if total > LONGEST:
        return None
    return -total if text.startswith("-") else total


def format_duration(milliseconds: int) -> str:
    """The shortest way to write it with days as the largest unit; `0s` for nothing."""
    sign, rest = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    parts = []
    for unit, size in UNITS.items():
        if unit != "w" and rest >= size:
            count, rest = divmod(rest, size)
            parts.append(f"{count}{unit}")
    return sign + "".join(parts) if parts else "0s"
