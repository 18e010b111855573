"""Lark's own parser beside ours: of the same kinds of tokens, both take the same ones and refuse the same first one.

Ours runs tables that were written to JSON and read back, makes nodes while it reads, and looks ahead where Lark throws
away; Lark makes its tables and runs them itself, here without any of that.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from lark import Lark, UnexpectedToken
from lark import Token as LarkToken
from lark.lexer import Lexer
from lark.parsers.lalr_interactive_parser import InteractiveParser

from dsl.source import Source, Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.grammar import END, START, grammar_text, tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.reading import Reading
from dsl.syntax.token import Token


class _Elsewhere(Lexer):
    def __init__(self, _configuration: object) -> None: ...

    def lex(self, *_unused: object) -> Any:
        raise NotImplementedError


@cache
def lark() -> Lark:
    return Lark(grammar_text(), parser="lalr", lexer=_Elsewhere, start=START, strict=True)


def _nothing(_name: str, _span: Span, _values: list[object]) -> None:
    """What no test looks at."""


def refused_by_ours(kinds: Sequence[str]) -> tuple[int, frozenset[str]] | None:
    """Which token is refused first, and what could stand in its place; None when all are taken. The last is END."""
    automaton = Automaton(tables(), _nothing)
    for at, kind in enumerate(kinds):
        if not automaton.feed(Token(kind, kind, Span(at, at + 1))):
            return at, automaton.expected()
    return None


def refused_by_lark(kinds: Sequence[str]) -> tuple[int, frozenset[str]] | None:
    parser = _fresh()
    for at, kind in enumerate(kinds):
        try:
            parser.feed_token(LarkToken(kind, kind))
        except UnexpectedToken:
            return at, frozenset(parser.accepts())
    return None


def _fresh() -> InteractiveParser:
    """Lark keeps what a reduction could make; there is no tree to make here."""
    from lark.lexer import LexerThread
    from lark.parsers.lalr_parser_state import ParseConf, ParserState

    inner: Any = lark().parser.parser
    callbacks: Any = _Callbacks()
    parser = inner.parser
    configuration = ParseConf(parser.parse_table, callbacks, START)
    state: Any = ParserState(configuration, LexerThread.from_text(None, ""))  # type: ignore[arg-type]
    return InteractiveParser(parser, state, state.lexer)


class _Callbacks(dict[Any, Any]):
    def __missing__(self, _rule: object) -> Any:
        return _kept


def _kept(values: list[Any]) -> Any:
    return values


def kinds_of(text: str) -> list[str]:
    """As they are read: words that are names where they stand are names, up to the first token that is refused."""
    automaton = Automaton(tables(), _nothing)
    reading = _Kinds(Source("", text), automaton, tokenise(text, tables()).tokens)
    return reading.kinds()


class _Kinds(Reading):
    def kinds(self) -> list[str]:
        found: list[str] = []
        for at in range(len(self.tokens)):
            token = self._fitted(at, self.automaton.states)
            self._at = at
            if token.kind == "DOC" and self._is_comment(at):
                continue
            found.append(token.kind)
            if not self.automaton.feed(token):
                return [*found, *(each.kind for each in self.tokens[at + 1 :])]
            if token.kind != END:
                self._taken(token)
        return found


def reads_without_a_mistake(text: str) -> bool:
    """What the parser says that goes on after mistakes."""
    source = Source("", text)
    reading = Reading(source, Automaton(tables(), _nothing), tokenise(text, tables()).tokens)
    reading.run()
    return not reading.diagnostics
