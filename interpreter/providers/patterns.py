"""A text that matches a pattern, for rehearsals: shortest repetitions, readable characters.

Follows the tree that Python's own `re` parses (its syntax covers what RE2 patterns use). A text that does not match
in the end, because of an assertion inside, is not returned.
"""

import re
from random import Random
from typing import Any

# Python has no public door to the parsed form of a pattern.
from re import _constants as op  # isort: skip
from re import _parser as parser  # isort: skip

_READABLE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.,:;/@#()+"
_CATEGORIES = {op.CATEGORY_DIGIT: "0123456789", op.CATEGORY_WORD: "abcdefghij", op.CATEGORY_SPACE: " "}
_OTHERS = {op.CATEGORY_NOT_DIGIT: "abcdefghij", op.CATEGORY_NOT_WORD: " -.,", op.CATEGORY_NOT_SPACE: "abcdefghij"}


def text_matching(pattern: str, random: Random) -> str | None:
    """None when the pattern is not one, or cannot be followed."""
    try:
        text = _sequence(parser.parse(_without_flags(pattern)), random, {})
    except (re.error, KeyError, IndexError):
        return None
    return text if matches(pattern, text) else None


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern, if it is one, is found in the text."""
    try:
        return re.search(_without_flags(pattern), text) is not None
    except re.error:
        return False


def _without_flags(pattern: str) -> str:
    """RE2 takes `(?i)` anywhere, Python at the very beginning; a text that matches without it matches with it too."""
    return re.sub(r"\(\?[imsU]+\)", "", pattern)


def _sequence(items: Any, random: Random, groups: dict[int, str]) -> str:
    return "".join(_piece(code, argument, random, groups) for code, argument in items)


def _piece(code: Any, argument: Any, random: Random, groups: dict[int, str]) -> str:
    if code is op.LITERAL:
        return chr(argument)
    if code in (op.ANY, op.NOT_LITERAL):
        return random.choice([c for c in _READABLE if ord(c) != argument])
    if code is op.IN:
        return random.choice(_members(argument))
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, _, inner = argument
        return "".join(_sequence(inner, random, groups) for _ in range(least))
    if code is op.SUBPATTERN:
        groups[argument[0]] = _sequence(argument[-1], random, groups)
        return groups[argument[0]]
    if code is op.BRANCH:
        return _sequence(random.choice(argument[1]), random, groups)
    if code is op.GROUPREF:
        return groups[argument]
    return ""


def _members(items: Any) -> list[str]:
    """The readable characters of a class like `[A-Z0-9_]` or `[^,]`."""
    negated = items[0][0] is op.NEGATE
    named = {character for code, argument in items for character in _member(code, argument)}
    return [c for c in _READABLE if c not in named] if negated else sorted(named)


def _member(code: Any, argument: Any) -> str:
    if code is op.LITERAL:
        return chr(argument)
    if code is op.RANGE:
        first, last = argument
        return "".join(map(chr, range(first, min(last, first + 64) + 1)))
    if code is op.CATEGORY:
        return _CATEGORIES.get(argument) or _OTHERS[argument]
    return ""
