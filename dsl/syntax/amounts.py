"""Numbers and durations as written."""

import re
from decimal import Decimal

MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
SCALES = {"k": 1000, "M": 1_000_000}
_PART = re.compile(r"([0-9]+)(ms|[smhdw])")


def milliseconds(duration: str) -> int:
    """`1h30m` as milliseconds."""
    return sum(int(count) * MILLISECONDS[unit] for count, unit in _PART.findall(duration))


def number(text: str) -> int | Decimal:
    """`12`, `60k`, `30M` as whole numbers, `0.5` as a decimal."""
    if text[-1] in SCALES:
        return int(text[:-1]) * SCALES[text[-1]]
    return Decimal(text) if "." in text else int(text)
