"""The small parts that all others use: names, texts, amounts, durations, docs."""

from decimal import Decimal

from dsl.ast.expressions import Expression
from dsl.syntax.amounts import Count, Length, milliseconds, minutes_for_millions, number
from dsl.syntax.site import Rules, Site
from dsl.syntax.token import Token


def qualified_name(_site: Site, *names: Token) -> str:
    return ".".join(name.text for name in names)


def names(_site: Site, *names: str) -> tuple[str, ...]:
    return names


def doc(_site: Site, *lines: Token) -> str:
    return "\n".join(line.text[2:].strip() for line in lines)


def quantity(_site: Site, token: Token) -> int | Decimal:
    return number(token.text)


def duration(site: Site, token: Token) -> Length:
    """A number without its unit, or millions for minutes, is named as such and read as meant."""
    if token.kind == "DURATION":
        return Length(milliseconds(site, token), token.span)
    if token.kind == "SCALED" and token.text.endswith("M"):
        minutes = minutes_for_millions(token)
        site.problem(
            f"`{token.text}` is a quantity (millions), a duration is expected",
            code="SF004",
            advice=f"write `{minutes.text}` for minutes",
            replacement=minutes.text,
        )
        return Length(milliseconds(site, minutes), token.span)
    site.problem(
        f"`{token.text}` is a number, a duration is expected", code="SF004", advice=f"add the unit: `{token.text}s`"
    )
    return Length(None, token.span)


def capped_length(_site: Site, chosen: Expression, most: Length) -> Length:
    """Where it stands is the cap."""
    return Length(most.value, most.span, chosen)


def count(site: Site, number: Token) -> Count:
    return Count(int(number.text), site.span)


def capped_count(site: Site, chosen: Expression, most: Token) -> Count:
    if int(most.text) < 1:
        site.problem("nothing can be at most 0 here", most.span, code="SF306", advice="write how many at most, from 1")
    return Count(int(most.text), most.span, chosen)


RULES: Rules = {
    "qualified_name": qualified_name,
    "names": names,
    "doc": doc,
    "quantity": quantity,
    "duration": duration,
    "capped_length": capped_length,
    "count": count,
    "capped_count": capped_count,
}
