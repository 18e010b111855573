"""Texts of several lines: moved as a whole to where they stand, without a change of their value.

How a text loses its layout when it is read is said in `dsl.syntax.templates`; here it gets another one.
"""

import re
from collections.abc import Sequence

from dsl.regex import regex
from dsl.syntax.templates import margin

_LINE = regex(r"\n([ \t]*)(?=(\n|\Z)?)")


def moved(pieces: Sequence[str | None], written: Sequence[str], indent: int) -> str:
    """The inside of a text with its lines at `indent`. `pieces` are the texts, None for what stands in `{{ }}`, whose
    form is in `written` at the same place."""
    whole = "".join("{}" if piece is None else piece for piece in pieces)
    if (deep := margin(whole)) is None:
        return "".join(written)
    made = [each if piece is None else _lines(piece, deep, indent) for piece, each in zip(pieces, written, strict=True)]
    last = len(pieces) - 1
    if pieces[last] is not None:
        made[last] = re.sub(r"\n[ \t]*\Z", "\n" + " " * indent, made[last])
    if pieces[0] is not None:
        made[0] = re.sub(r"\A[ \t]*\n", "\n", made[0])
    return "".join(made)


def _lines(piece: str, deep: int, indent: int) -> str:
    """A line of nothing but blanks has none, but those that it has beyond the margin are part of the value."""

    def line(match: re.Match[str]) -> str:
        rest = match[1][deep:]
        empty = match[2] == "\n" and not rest
        return "\n" if empty else f"\n{' ' * indent}{rest}"

    return _LINE.sub(line, piece)
