"""What is wrong with a value, as values: a place in it and a sentence in plain words."""

from decimal import Decimal
from typing import Any, TypeAlias

from dsl.dataclass import dataclass
from dsl.expressions.values import KIND_NAMES, File, Reference, kind_name
from dsl.expressions.wire import json_text

MOST_PROBLEMS = 50
"""A long list of bad items is one mistake; later problems are left out."""

LONGEST_SHOWN = 40
"""Characters of a value."""
LONGEST_WORD = 100
"""No slip of the pen has more characters; to compare long texts takes long."""

Place: TypeAlias = tuple["Place | None", str | int, int]
"""A place inside a value: the place around it, the field or position in that, and how deep it is."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` is like `ticket.items[3].amount`, empty for the value itself."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class Checked:
    """The decoded value, complete with defaults; it may be used only when there are no problems."""

    value: Any
    problems: tuple[Problem, ...]


def inside(place: Place | None, segment: str | int) -> Place:
    return (place, segment, 1 if place is None else place[2] + 1)


def place_text(place: Place | None) -> str:
    segments: list[str] = []
    while place is not None:
        place, segment, _ = place
        segments.append(_segment_text(segment, first=place is None))
    return "".join(reversed(segments))


def _segment_text(segment: str | int, first: bool) -> str:
    if type(segment) is str and len(segment) <= LONGEST_WORD and segment.isidentifier():
        return segment if first else f".{segment}"
    return f"[{shown(segment)}]"


def shown(value: Any) -> str:
    """A value as a message shows it: itself when it is short, else its kind."""
    kind = type(value)
    if kind is str:
        text = json_text(value if len(value) <= 40 else value[:39] + "…")
        return text.encode("utf-8", "backslashreplace").decode()  # half a character may be what is wrong with it
    if kind in (list, dict, Reference, File) or value is None or kind not in KIND_NAMES:
        return kind_name(value)
    if kind is Decimal and value.is_finite():
        # In plain digits, `1e999999999` is a gigabyte.
        text = str(value) if abs(value.adjusted()) > LONGEST_SHOWN else json_text(value).strip('"')
        return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    text = json_text(value)
    return text.strip('"') if len(text) <= LONGEST_SHOWN + 2 else kind_name(value)


def did_you_mean(word: str, known: list[str], quote: str = "`") -> str:
    """`; did you mean …?`, when one of the known words is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1) if len(word) <= LONGEST_WORD else None
    return f"; did you mean {quote}{close[0]}{quote}?" if close else ""
