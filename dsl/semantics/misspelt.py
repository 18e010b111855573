"""Whether two names are one with a slip of the hand in it: two letters in each other's place, one too many, a wrong
one.

So close that hardly anybody means both, while `first` and `last`, `a_id` and `b_id`, `line1` and `line2`, `item` and
`items` are two; and so are words that differ in how they begin, as `height` and `weight` or `email` and `mail`.
"""

from collections.abc import Iterable

_SWAPPED, _ONE_MORE, _ANOTHER = 4, 5, 6
"""How long names are in which such a slip is no other name."""


def misspelt(names: Iterable[str], others: Iterable[str]) -> tuple[str, str] | None:
    """A name, and which of the others it is but for a slip."""
    return next(((name, other) for name in names for other in others if _one_slip(name, other)), None)


def _one_slip(one: str, other: str) -> bool:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    at = next((at for at, letter in enumerate(shorter) if longer[at] != letter), len(shorter))
    if len(longer) == len(shorter) + 1:
        return at > 0 and _is_one_more(longer, shorter, at)
    if len(longer) != len(shorter) or longer == shorter:
        return False
    return _are_swapped(longer, shorter, at) or (at > 0 and _is_another(longer, shorter, at))


def _is_one_more(longer: str, shorter: str, at: int) -> bool:
    """But for the plural."""
    letter = longer[at].isalpha() and len(longer) >= _ONE_MORE
    return letter and longer[at + 1 :] == shorter[at:] and longer != f"{shorter}s"


def _are_swapped(one: str, other: str, at: int) -> bool:
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at : at + 2].isalpha()
    return swapped and len(one) >= _SWAPPED and one[at + 2 :] == other[at + 2 :]


def _is_another(one: str, other: str, at: int) -> bool:
    letters = one[at].isalpha() and other[at].isalpha()
    return letters and len(one) >= _ANOTHER and one[at + 1 :] == other[at + 1 :]
