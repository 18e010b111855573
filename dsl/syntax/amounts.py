"""Numbers and durations as written. What is wrong with one is reported where it stands."""

from decimal import Decimal
from typing import NamedTuple

from dsl.ast.duration import LONGEST, UNITS, format_duration, parse_duration
from dsl.ast.expressions import Expression
from dsl.source import Span
from dsl.syntax.site import Site
from dsl.syntax.token import Token

SECOND = 1_000
MINUTE = 60_000
_SCALES = {"k": 1000, "M": 1_000_000}


class Length(NamedTuple):
    """A duration in milliseconds, and where it stands. None was written wrongly, which is reported already. Where it is
    `chosen`, it is the most that that can be."""

    value: int | None
    span: Span
    chosen: Expression | None = None


class Count(NamedTuple):
    """A whole number, and where it stands; the most that `chosen` can be, where that is given."""

    value: int
    span: Span
    chosen: Expression | None = None


def number(text: str) -> int | Decimal:
    """`12`, `60k`, `30M` as whole numbers, `0.5` as a decimal."""
    if text[-1] in _SCALES:
        return int(text[:-1]) * _SCALES[text[-1]]
    return Decimal(text) if "." in text else int(text)


def lasting(site: Site, length: Length, what: str, advice: str, least: int = 1) -> int:
    """The milliseconds of `length`; what lasts shorter than `least` is reported where it stands, with what to write."""
    if length.value is not None and length.value < least:
        site.problem(
            f"{what} of {format_duration(length.value)} is too short", length.span, code="SF306", advice=advice
        )
    return least if length.value is None else length.value


def milliseconds(site: Site, token: Token) -> int | None:
    """What a DURATION token stands for; None when it is none, which is reported."""
    if (length := parse_duration(token.text)) is not None:
        return length
    advice = f"units go from large to small, each at most once: {', '.join(f'`{unit}`' for unit in UNITS)}"
    longest = f"the longest is `{format_duration(LONGEST)}`"
    site.problem(f"`{token.text}` is not a duration", token.span, advice=f"{advice}; {longest}")
    return None


def minutes_for_millions(token: Token) -> Token:
    """`5M` as the `5m` that was meant."""
    return Token("DURATION", token.text[:-1] + "m", token.span)
