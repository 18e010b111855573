"""Numbers that somebody outside has told, before anything is reckoned with them. One that cannot be true is None."""

MOST_TOKENS = 1_000_000_000
LONGEST_WAIT = 31_536_000.0
"""Seconds: a year."""


def tokens(told: object) -> int | None:
    """A count of tokens."""
    if type(told) is float and told.is_integer():
        told = int(told)
    return told if type(told) is int and 0 <= told <= MOST_TOKENS else None


def seconds(told: object) -> float | None:
    """A time to wait."""
    if type(told) is not int and type(told) is not float:
        return None
    return float(told) if 0 <= told <= LONGEST_WAIT else None
