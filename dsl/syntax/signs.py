"""Signs with which other languages give a value or a name, where `=`, `:` or nothing at all is written here.

Reading goes on as if the right one stood there, so one sign is one message, also where it is two tokens that do not fit
(`step f <- find(…)`). Signs of two characters that are two tokens here (`:=`, `<-`) count where nothing stands
between. `:=` is never right, so it is found before the `:` of it is read as one. So is the `:` of `let x: 1`
(`colons.py`). What else could be meant is left alone: `find(n <= 3)` is a comparison, and `int <= 3` a bound.
"""

from collections.abc import Sequence
from typing import NamedTuple

from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.colons import NO_TYPES, is_given_below, touch
from dsl.syntax.mistake import Hint, Mistake
from dsl.syntax.token import Token
from dsl.syntax.words import OPTIONS

_SIGNS = frozenset({":=", "<-", "->", "<=", "=>", "==", "::", "=:", "<<"})
_GIVING = {"STEP": "a step takes", "LET": "a `let` takes", "VAR": "a `var` takes", "SET": "a `var` takes"}
_TAKING = frozenset({"BUDGET", "RETURN", "YIELD"})
_ARROW = "__ANON_0"


class Sign(NamedTuple):
    """`length` tokens, written `token`, which mean `instead`; nothing, where that is None."""

    token: Token
    length: int
    instead: Token | None


def sign_at(tokens: Sequence[Token], at: int, expected: frozenset[str]) -> Sign | None:
    """The sign that stands there, where it cannot."""
    token, length = tokens[at], 1
    if at + 1 < len(tokens) and touch(token, tokens[at + 1]) and token.text + tokens[at + 1].text in _SIGNS:
        behind = tokens[at + 1]
        token = replace(token, text=token.text + behind.text, span=Span(token.span.start, behind.span.end))
        length = 2
    if at == 0 or token.text not in _SIGNS | {":"}:
        return None
    before = tokens[at - 1]
    if _follows_option(tokens, at):
        return Sign(token, length, None)
    behind_type = {"<=": "QMARK", "->": "RPAR"}.get(token.text)
    if _ARROW in expected or ("QMARK" in expected and behind_type in expected):
        return None
    if token.text == ":" and (("QMARK" in expected and not _is_value(tokens, at)) or is_given_below(tokens, at)):
        return None
    if "EQUAL" in expected:
        return Sign(token, length, Token("EQUAL", "=", token.span))
    if "COLON" in expected and before.kind in ("NAME", "STRING"):
        return Sign(token, length, Token("COLON", ":", token.span))
    return None


def hint(mistake: Mistake) -> Hint | None:
    """What to write instead. `Mistake.token` is the whole sign."""
    tokens = [*mistake.before, mistake.token, *mistake.after]
    sign = sign_at(tokens, len(mistake.before), mistake.expected)
    if sign is None:
        return None
    written, last = mistake.token.text, mistake.before[-1].text
    if sign.instead is None:
        return Hint(f"leave it out: `{last} …`", "", f"no `{written}` stands behind `{last}`", "SF008")
    giving = [token.kind for token in mistake.before[-2:-1]]
    if sign.instead.text == "=" and giving and giving[0] in _GIVING:
        word = mistake.before[-2].text
        return Hint(f"write `{word} {last} = …`", "=", f"{_GIVING[giving[0]]} its value with `=`", "SF008")
    if sign.instead.text == "=":
        return Hint("write `= …`", "=", f"what something is stands behind `=`, not behind `{written}`", "SF008")
    what = "an argument" if mistake.unclosed is not None and mistake.unclosed.text == "(" else "a field"
    what = what if mistake.before[-1].kind == "NAME" else "a header"
    return Hint(f"write `{last}: …`", ":", f"{what} is named with `:`", "SF008")


def _is_value(tokens: Sequence[Token], at: int) -> bool:
    """Whether what stands behind the sign is one, and no type."""
    return at + 1 < len(tokens) and tokens[at + 1].kind in NO_TYPES | {"STRING"}


def _follows_option(tokens: Sequence[Token], at: int) -> bool:
    """`timeout -> 5s`, `key as -> id`; the question of an approval stands behind its name."""
    pair = [token.kind for token in tokens[max(0, at - 2) : at]]
    if pair == ["APPROVAL", "NAME"]:
        return True
    return tokens[at].text != ":" and (pair[-1] in OPTIONS | _TAKING or pair == ["KEY", "AS"])
