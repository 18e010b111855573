"""The smallest change after which reading can go on: one token put in, replaced or left out.

A change counts when a few of the tokens that follow then fit; it is tried on the stack of states alone, so nothing is
built for changes that are not made. The first that counts is taken, and the order is that of how sure it is: a token
that stands twice left out once, the word that was meant (a slip of the pen, `=` for `==`), a symbol put in, one in the
token's place, the token left out. Where many symbols could stand, any of them would be a guess, so only commas and
closing brackets are tried there. A word that begins a statement or a declaration does not give way to a symbol and is
not left out: something before it is missing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsl.dataclass import replace
from dsl.source import Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.foreign import REPLACED
from dsl.syntax.grammar import END
from dsl.syntax.mistake import meant
from dsl.syntax.token import Token
from dsl.syntax.words import CLOSERS, DECLARATIONS, NEVER_NAMES, STATEMENTS

LOOK_AHEAD = 3
_MANY = 8
"""When more can stand here, any of them would be a guess; only what separates and closes is tried."""


class Change(NamedTuple):
    """`length` tokens go, and others come instead; it counts when as many tokens as `look_ahead` then fit."""

    length: int
    instead: list[Token]
    look_ahead: int = LOOK_AHEAD


def mending(
    automaton: Automaton,
    tokens: Sequence[Token],
    expected: frozenset[str],
    texts: dict[str, str],
    before: str = "",
    gives: str = "LET",
) -> Change | None:
    """The first change that counts; `tokens` begin with the one that cannot stand, behind one that says `before`.
    `gives` is the word that `name = value` lacks."""
    twice = [Change(1, [])] if tokens[0].text == before else []
    for change in (*twice, *_meant_otherwise(tokens, expected, texts, gives), *_changes(tokens[0], expected, texts)):
        if _fits(automaton, [*change.instead, *tokens[change.length : change.length + change.look_ahead]]):
            return change
    return None


def _meant_otherwise(
    tokens: Sequence[Token], expected: frozenset[str], texts: dict[str, str], gives: str
) -> Iterator[Change]:
    """What is said in another language's words: as if it were said in ours."""
    token = tokens[0]
    following = [each.kind for each in tokens[1:4]]
    here = Span(token.span.start, token.span.start)
    if token.kind == "NAME" and ("STEP" in expected or "FLOW" in expected or "ON" in expected):
        if token.text in REPLACED:
            words = [Token(kind, texts[kind], token.span, word=True) for kind in REPLACED[token.text]]
            yield Change(1, words, look_ahead=1)
        elif "STEP" in expected and following[:1] == ["EQUAL"]:
            yield Change(0, [Token(gives, texts[gives], here, word=True)])
        elif "STEP" in expected and following[:1] in (["DOT"], ["LPAR"]):
            yield Change(0, [Token("STEP", "step", here, word=True)], look_ahead=4)
    if token.kind == "NAME" and "FLOW" in expected and following[:1] in (["LPAR"], ["DOT"]):
        kind = _declared(tokens)
        yield Change(0, [Token(kind, texts[kind], here, word=True)])
    if token.kind == "NAME" and "FLOW" in expected and following and following[0] in DECLARATIONS:
        yield Change(2, [tokens[1], token])
    if token.kind == "EQUAL" and "COLON" in expected:
        yield Change(1, [replace(token, kind="COLON", text=":")], look_ahead=1)
    if token.kind == "COLON" and expected == {"EQUAL"} and "EQUAL" in (kinds := [each.kind for each in tokens]):
        yield Change(kinds.index("EQUAL"), [], look_ahead=2)
    if token.kind == "OR" and "VBAR" in expected:
        yield Change(1, [replace(token, kind="VBAR", text="|")], look_ahead=1)
    if token.kind == "TIMEOUT" and "BUDGET" in expected and "DEPTH" in expected:
        yield Change(1, [replace(token, kind="BUDGET", text="budget")], look_ahead=1)


def _declared(tokens: Sequence[Token]) -> str:
    """What a declaration is, by what follows its name."""
    kinds = {each.kind for each in tokens[1:]}
    if tokens[1].kind == "DOT" or kinds & {"READ", "IDEMPOTENT", "WRITE", "IRREVERSIBLE"}:
        return "TOOL"
    return "AGENT" if kinds & {"MODEL", "INSTRUCTIONS", "PROMPT"} else "FLOW"


def _changes(token: Token, expected: frozenset[str], texts: dict[str, str]) -> Iterator[Change]:
    """Changes worth trying, best first: the word that was meant, a symbol put in, one replaced, one left out."""
    if kind := meant(token, expected, texts):
        yield Change(1, [replace(token, kind=kind, text=texts[kind], word=True)], look_ahead=1)
    if token.kind == "EQUAL" and "COMPARISON" in expected:
        yield Change(1, [replace(token, kind="COMPARISON", text="==")], look_ahead=1)
    symbols = expected & (texts.keys() if len(expected) <= _MANY else {"COMMA", *CLOSERS})
    here = Span(token.span.start, token.span.start)
    # Before a word that begins a statement something is to be closed rather than to go on.
    begins = token.kind in STATEMENTS
    for kind in sorted(symbols, key=lambda each: (begins and each not in CLOSERS, each)):
        yield Change(0, [_written(kind, here, texts)])
    if token.kind in STATEMENTS | DECLARATIONS:
        return
    for kind in sorted(symbols):
        yield Change(1, [_written(kind, token.span, texts)])
    yield Change(1, [])


def _written(kind: str, span: Span, texts: dict[str, str]) -> Token:
    return Token(kind, texts[kind], span, word=texts[kind].isalpha())


def _fits(automaton: Automaton, tokens: Sequence[Token]) -> bool:
    states = automaton.states
    inside = automaton.after(states, "FLOW") is None
    for token in tokens:
        if token.kind == "DOC":
            continue
        after = automaton.after(states, token.kind)
        if token.kind == "LET" and inside and automaton.after(states, "FLOW") is not None:
            return False  # a statement of the flow that the change would end, and no constant
        if after is None and token.word and token.kind not in NEVER_NAMES | STATEMENTS | DECLARATIONS:
            after = automaton.after(states, "NAME")
        if after is None:
            return False
        states = after
        if token.kind == END:
            break
    return True
