"""Texts as they are written: between quotes on one line, or as a block where they have several.

Whatever would be read as something else is an escape. A block is read back before it is used, as the language reads it,
so what cannot stand in one, such as a last line of blanks, comes on one line with its `\\n`.
"""

import re
from collections.abc import Iterable, Sequence

from dsl.diagnostics.inert import is_active
from dsl.regex import regex
from dsl.syntax.templates import dedented

SHORT, LONG = '"', '"""'
_MARGIN = "    "
_SIMPLE = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_TWO_BRACES = regex(r"\{(?=\{)")
_ENDS_A_BLOCK = regex(r'"(?="|\Z)')
_LINE = regex(r"^(?=.)", re.MULTILINE)
_FIRST_BRACE = "\\u{7B}"


def short(value: str, *, brace_follows: bool = False) -> str:
    """What stands between quotes on one line; `brace_follows`: an expression is right behind it."""
    written = "".join(_character(each, _SIMPLE) for each in value)
    return _braces(written, brace_follows)


def quoted(value: str) -> str:
    return f"{SHORT}{short(value)}{SHORT}"


def written(value: str, *, on_one_line: bool = False) -> str:
    """`value` as a text of its own."""
    if not on_one_line and (made := block([value])) is not None:
        return made
    return quoted(value)


def block(pieces: Sequence[str | None], expressions: Sequence[str] = ()) -> str | None:
    """A block of these pieces, where None stands for the next of `expressions`; None where no block says the same."""
    if "\n" not in "".join("{}" if piece is None else piece for piece in pieces).strip("\n"):
        return None
    raw = [None if piece is None else _in_block(piece, at, pieces) for at, piece in enumerate(pieces)]
    ends = raw[-1] is not None and raw[-1].endswith("\n")
    laid = [None if piece is None else _moved(piece) for piece in raw]
    if laid[0] is None:
        laid.insert(0, f"\n{_MARGIN}")
        raw.insert(0, "")
    else:
        laid[0] = f"\n{_MARGIN}{laid[0]}" if not laid[0].startswith("\n") else f"\n{laid[0]}"
    if ends and laid[-1] is not None:
        laid[-1] = f"{laid[-1].rstrip(' ')}{_MARGIN}"
    if dedented(laid) != raw:
        return None
    filling = iter(expressions)
    return f"{LONG}{''.join(next(filling) if piece is None else piece for piece in laid)}{LONG}"


def braced(lines: Iterable[str]) -> str:
    """A block of these lines, further in: a line that begins with a declaration's word is taken for one."""
    inner = "\n".join(lines)
    return f"{{\n{_LINE.sub('  ', inner)}\n}}" if inner else "{}"


def _in_block(piece: str, at: int, pieces: Sequence[str | None]) -> str:
    last = at + 1 == len(pieces)
    escaped = "".join(_character(each, {"\\": "\\\\", "\n": "\n", '"': '"'}) for each in piece)
    escaped = _ENDS_A_BLOCK.sub('\\\\"', escaped)
    return _braces(escaped, not last)


def _moved(piece: str) -> str:
    """With its lines further in, but for those without anything in them."""
    return re.sub(r"\n(?!\n)", f"\n{_MARGIN}", piece)


def _braces(escaped: str, brace_follows: bool) -> str:
    escaped = _TWO_BRACES.sub(lambda _: _FIRST_BRACE, escaped)
    return f"{escaped[:-1]}{_FIRST_BRACE}" if brace_follows and escaped.endswith("{") else escaped


def _character(character: str, known: dict[str, str]) -> str:
    if character in known:
        return known[character]
    return character if character.isprintable() and not is_active(character) else f"\\u{{{ord(character):X}}}"
