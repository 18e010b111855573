"""A `:` that is none, though one could stand there: the one of `:=`, and that of `let x: 1`, where what stands behind
it is no type, or no `=` follows that type. Each `:` of a text is looked at, so nothing is loaded that tells of one.
"""

from collections.abc import Sequence

from dsl.syntax.token import Token
from dsl.syntax.words import CLOSERS, OPENERS, STATEMENTS

NO_TYPES = frozenset(
    {"INT", "SCALED", "NUMBER", "DURATION", "TRUE", "FALSE", "NULL", "TEXT_START", "IF", "NOT", "MINUS"}
)


def at_once(tokens: Sequence[Token], at: int) -> bool:
    """Whether the `:` that stands there is none, though one could stand there."""
    if tokens[at].kind != "COLON":
        return False
    if at + 1 < len(tokens) and tokens[at + 1].kind == "EQUAL" and touch(tokens[at], tokens[at + 1]):
        return True
    return at > 1 and tokens[at - 1].kind == "NAME" and _is_no_type(tokens, at)


def touch(one: Token, other: Token) -> bool:
    return one.span.end == other.span.start


def _is_no_type(tokens: Sequence[Token], at: int) -> bool:
    """`let x: 1`, and `let x: [y]` without a value."""
    giving, first = tokens[at - 2].kind, tokens[at + 1] if at + 1 < len(tokens) else None
    if giving not in ("LET", "VAR", "SET") or first is None:
        return False
    if first.kind in NO_TYPES:
        return True
    from dsl.syntax.foreign_types import is_type  # most texts say no type there

    if giving == "VAR" or (first.kind == "NAME" and (is_type(first.text) or first.text[:1].isupper())):
        return False
    return not is_given_below(tokens, at)


def is_given_below(tokens: Sequence[Token], at: int) -> bool:
    """Whether an `=` follows in the same statement."""
    depth = 0
    for token in tokens[at + 1 :]:
        depth += (token.kind in OPENERS) - (token.kind in CLOSERS)
        if depth == 0 and token.kind == "EQUAL":
            return True
        if depth < 0 or (depth == 0 and token.kind in STATEMENTS):
            return False
    return False
