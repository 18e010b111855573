"""Text of others as people may see it: nothing in it moves the cursor, ends a line, or turns the reading direction.

Only our own layout can make a line. What a terminal or an editor would obey rather than draw is written as an escape:
control characters (C0, DEL, C1), line and paragraph separators, direction marks, characters without a picture, halves
of a pair.
"""

import re

from dsl.regex import regex

ACTIVE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff"
)
"""All of them, as they stand in a class of a regular expression."""

_ACTIVE = regex(f"[{ACTIVE}]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def inert(text: str) -> str:
    """On one line, with escapes as JSON and Python write them."""
    return _ACTIVE.sub(_escape, text)


def is_active(character: str) -> bool:
    return _ACTIVE.match(character) is not None


def inert_lines(text: str) -> str:
    """As `inert`, where the line ends are ours."""
    return "\n".join(map(inert, text.split("\n")))


def inert_json(text: str) -> str:
    """JSON that means the same: what is active stands only inside of its texts, apart from its line ends."""
    return _ACTIVE.sub(lambda found: found[0] if found[0] == "\n" else _as_json(found[0]), text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT.get(character) or _as_json(character)


def _as_json(character: str) -> str:
    code = ord(character)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
