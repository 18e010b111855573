"""Numbers and durations as written. What is wrong with one is reported where it stands, and zero is read instead."""

from decimal import Decimal

from dsl.ast.duration import LONGEST, UNITS, format_duration, parse_duration
from dsl.syntax.site import Site
from dsl.syntax.token import Token

_SCALES = {"k": 1000, "M": 1_000_000}


def number(text: str) -> int | Decimal:
    """`12`, `60k`, `30M` as whole numbers, `0.5` as a decimal."""
    if text[-1] in _SCALES:
        return int(text[:-1]) * _SCALES[text[-1]]
    return Decimal(text) if "." in text else int(text)


def milliseconds(site: Site, token: Token) -> int:
    """What a DURATION token stands for."""
    if (length := parse_duration(token.text)) is not None:
        return length
    advice = f"units go from large to small, each at most once: {', '.join(f'`{unit}`' for unit in UNITS)}"
    longest = f"the longest is `{format_duration(LONGEST)}`"
    site.problem(f"`{token.text}` is not a duration", token.span, advice=f"{advice}; {longest}")
    return 0


def minutes_for_millions(token: Token) -> Token:
    """`5M` as the `5m` that was meant."""
    return Token("DURATION", token.text[:-1] + "m", token.span)
