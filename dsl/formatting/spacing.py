"""Where a space stands between two tokens of one line."""

from collections.abc import Sequence

from dsl.formatting.concrete import Branch
from dsl.syntax.grammar import tables
from dsl.syntax.token import Token

_FIXED = tables().fixed
_NOT_BEFORE = frozenset(
    {"TEXT_PART", "_TEXT_END", "_INTERPOLATION_START", *(_FIXED[each] for each in (")", "]", ",", ".", "?.", ":", "?"))}
)
_NOT_AFTER = frozenset(
    {"TEXT_START", "TEXT_PART", "_INTERPOLATION_END", *(_FIXED[each] for each in ("(", "[", ".", "?.", "..."))}
)
_WITH_SIGN = frozenset({"bound", "negative_pattern", "unary"})
_BEHIND = frozenset({"generic_type", "index", "slice"})


def spaces(tokens: Sequence[Token], branches: Sequence[Branch]) -> bytearray:
    """For each token, 1 when a space stands before it."""
    spaced = bytearray(len(tokens))
    before = "LPAR"
    for number, token in enumerate(tokens):
        kind = token.kind
        if kind not in _NOT_BEFORE and before not in _NOT_AFTER:
            called = kind == "LPAR" and before == "NAME"
            spaced[number] = not called and not (kind == "RBRACE" and before == "LBRACE")
        before = kind
    for branch in branches:
        if branch.rule in _BEHIND:
            _tighten_bracket(branch, tokens, spaced)
        elif branch.rule in _WITH_SIGN:
            first = branch.first
            if tokens[first].kind == "MINUS" and tokens[first + 1].kind != "MINUS":
                spaced[first + 1] = 0
    return spaced


def _tighten_bracket(branch: Branch, tokens: Sequence[Token], spaced: bytearray) -> None:
    for part in branch.parts[1:]:
        if isinstance(part, int):
            if tokens[part].kind == "LSQB":
                spaced[part] = 0
            elif tokens[part].kind == "COLON":
                spaced[part + 1] = 0
