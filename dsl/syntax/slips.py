"""Characters that mean nothing here and numbers that are none: what people meant by them."""

from typing import NamedTuple

from dsl.regex import regex

LONGEST_NUMBER = 40
_GLUED = regex(r"([0-9]+(?:\.[0-9]+|[kM])?)([a-z]+)")


class Meant(NamedTuple):
    """What to do, and what to put instead when that alone mends it."""

    advice: str | None
    replacement: str | None = None


FOREIGN = {
    "===": Meant("write `==`", "=="),
    "!==": Meant("write `!=`", "!="),
    "<>": Meant("write `!=`", "!="),
    "**": Meant("there is no power: multiply, `a * a`"),
    "'''": Meant('text of several lines stands between `"""` and `"""`', '"""'),
    "'": Meant("text stands in double quotes", '"'),
    "`": Meant("text stands in double quotes", '"'),
    "“": Meant("text stands in straight double quotes", '"'),
    "”": Meant("text stands in straight double quotes", '"'),
    "&&": Meant("write `and`", "and"),
    "||": Meant("write `or`", "or"),
    "!": Meant("write `not`", "not "),
    "&": Meant("write `and`", "and"),
    "$": Meant("a name needs no `$`: leave it out", ""),
    "@": Meant("leave it out: what a tool may do stands in its declaration"),
    "^": Meant("there is no power: multiply, `a * a`"),
    "~": Meant("write `not`", "not "),
    "\\": Meant("a line needs no `\\` to go on: leave it out", ""),
    ";": Meant("a line needs no `;`: leave it out", ""),
}

LONGEST = max(map(len, FOREIGN))
AS_IF = {"**": "*", "^": "*"}
"""What is read in their place, so that what follows fits."""


def foreign_at(text: str, at: int) -> str | None:
    """The longest sign of another language that begins there."""
    return next((text[at : at + size] for size in range(LONGEST, 0, -1) if text[at : at + size] in FOREIGN), None)


def glued(written: str) -> tuple[str, str] | None:
    """The number and the word of `3iterations`."""
    match = _GLUED.fullmatch(written)
    return (match.group(1), match.group(2)) if match else None


def number_meant(written: str, digits: str) -> Meant:
    """What was probably meant by something that begins with `digits` and is no number."""
    rest = written[len(digits) :]
    if len(written) > LONGEST_NUMBER:
        return Meant(f"the longest has {LONGEST_NUMBER} digits")
    if rest == "K":
        return Meant("thousands are `k`, millions are `M`", f"{digits}k")
    if rest.replace("_", "").isdecimal():
        return Meant("write the digits without `_`", written.replace("_", ""))
    return Meant("a number is `12`, `0.5`, `60k` or `30M`, a duration is `1h30m`")
