"""What each stretch of a text is, for whoever shows it in colours.

The lexer and the parse tables of `dsl.syntax` read the text, so a word is a keyword here where it is one there, and a
new word of the grammar is coloured without a line of its own. What a name stands for is known from the rule that takes
it: `_NAMES` below says which rules take types, functions and fields. What cannot be read keeps the colours that its
tokens have by themselves.

A page shows parts of files, too: statements, options, an expression. The same tables read those once the tokens that
would stand around them are put there; of several readings the one with the fewest mistakes is taken. A long text is
read once, and reading gives up after a hundred mistakes, so time grows with the text and not faster.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal

from dsl.regex import regex
from dsl.semantics.builtins import BUILTINS
from dsl.semantics.types import BASIC_TYPES
from dsl.source import Source, Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.grammar import Tables, tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.notes import MARK
from dsl.syntax.reading import Reading
from dsl.syntax.token import Token
from dsl.syntax.words import CLOSERS, DECLARATIONS, NUMBERS, OPENERS

Colour = Literal[
    "blank",
    "comment",
    "note",
    "doc",
    "keyword",
    "declaration",
    "constant",
    "operator word",
    "unit",
    "operator",
    "punctuation",
    "number",
    "duration",
    "text",
    "escape",
    "interpolation",
    "name",
    "field",
    "function",
    "builtin",
    "type",
    "basic type",
    "error",
]
"""`note` is a comment that speaks to the check; `error` is what no file may hold."""

Coloured = tuple[int, int, Colour]
"""Where a stretch begins and ends, in characters, and what it is."""

BUILT_IN_TYPES = frozenset({*BASIC_TYPES, "map", "Outcome", "conversation"})
OPERATOR_WORDS = frozenset({"AND", "OR", "NOT", "IN"})
CONSTANTS = frozenset({"TRUE", "FALSE", "NULL"})
HEADS = DECLARATIONS | {"EDITION", "USE", "LET", "RESOURCE"}
"""Words that begin a declaration; `let` and `use` stand elsewhere too, and look the same there."""

LONGEST_PART = 2_000
"""What has more tokens is read as a file."""

_GAP = regex(r"(?P<blank>[ \t\r\n]+)|(?P<comment>#[^\n]*)|(?P<error>[^ \t\r\n#]+)")
_ESCAPE = regex(r"\\(?:u\{[0-9A-Fa-f]*\}|.)", re.DOTALL)
_OPERATORS = frozenset("+-*/%<>=!|?") | {"//", "<=", ">=", "==", "!=", "=>", "->", "...", "?."}

_BY_KIND: dict[str, Colour] = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(("STRING", "TEXT_START", "TEXT_PART", "_TEXT_END"), "text"),
    **dict.fromkeys(("_INTERPOLATION_START", "_INTERPOLATION_END"), "interpolation"),
    "DURATION": "duration",
    "DOC": "doc",
}
_NAMES: dict[str, Colour] = {
    "type_declaration": "type",
    "type_from": "type",
    "named_type": "type",
    "generic_type": "type",
    "tool_declaration": "function",
    "agent_declaration": "function",
    "flow_declaration": "function",
    "function_declaration": "function",
    "served_tool": "function",
    "served_resource": "function",
    "call": "function",
    "used": "function",
    "reshaped": "function",
    "function_call": "function",
    "error_text": "type",
    "http_status": "type",
    "names": "type",
    "kinds": "type",
    "field": "field",
    "argument": "field",
    "entry": "field",
}
"""What the names of a rule are, the first one of most, with the path before it."""
_ALL = frozenset({"names", "kinds"})

_AROUND = (
    "",
    "flow f ( ) {",
    "tool f ( ) {",
    "agent f ( ) {",
    "flow f ( ) { await approval f s {",
    "type f {",
    "let f =",
    "flow f ( ) {  ",
)
"""What may stand around a part of a file, as its tokens. In the last one each line is an expression of its own."""
_EACH_LINE = _AROUND[-1]


def coloured(text: str) -> Iterator[Coloured]:
    """Every stretch of `text`, in order and without a gap; it takes any text and never raises."""
    lexed = tokenise(text, tables())
    known = {} if lexed.too_deep else _read(Source("", text), lexed.tokens)
    at = 0
    for token in lexed.tokens:
        if token.span.start < at or token.span.end == token.span.start:
            continue
        yield from _between(text, at, token.span.start)
        yield from _token(text, token.span, known.get(token.span.start) or alone(token.kind, token.text))
        at = token.span.end
    yield from _between(text, at, len(text))


def _between(text: str, start: int, end: int) -> Iterator[Coloured]:
    for found in _GAP.finditer(text, start, end):
        if found["comment"]:
            yield found.start(), found.end(), "note" if MARK in found["comment"] else "comment"
        else:
            yield found.start(), found.end(), "blank" if found["blank"] else "error"


def _token(text: str, span: Span, colour: Colour) -> Iterator[Coloured]:
    at = span.start
    if colour == "text":
        for escape in _ESCAPE.finditer(text, span.start, span.end):
            if at < escape.start():
                yield at, escape.start(), colour
            yield escape.start(), escape.end(), "escape"
            at = escape.end()
    if at < span.end:
        yield at, span.end, colour


def alone(kind: str, text: str) -> Colour:
    """What a token of this kind of terminal is by itself."""
    if kind == "NAME":
        return "name"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if text.isalpha():
        return _word(kind)
    return "operator" if text in _OPERATORS else "punctuation"


def _word(kind: str) -> Colour:
    if kind in OPERATOR_WORDS:
        return "operator word"
    if kind in CONSTANTS:
        return "constant"
    if kind in HEADS:
        return "declaration"
    return "unit" if kind in _units() else "keyword"


@cache
def _units() -> frozenset[str]:
    """The words that are a unit of a budget: those behind which the tables know one to be complete."""
    rows = [tables().actions[state] for state in range(len(tables().actions.lines))]
    complete = {
        state
        for state, row in enumerate(rows)
        if any(action < 0 and tables().productions[-1 - action].left == "unit" for action in row.values())
    }
    rules = {production.left for production in tables().productions}
    return frozenset(kind for row in rows for kind, to in row.items() if to in complete and kind not in rules)


def _read(source: Source, tokens: Sequence[Token]) -> dict[int, Colour]:
    """By where a token begins: what it is beyond what it is alone, by the reading with the fewest mistakes."""
    best: tuple[int, dict[int, Colour]] | None = None
    for around in _AROUND if len(tokens) < LONGEST_PART else _AROUND[:1]:
        names = _Names(tables())
        reading = Reading(source, names, _within(around, _lines(source, tokens) if around == _EACH_LINE else tokens))
        reading.run()
        if best is None or len(reading.diagnostics) < best[0]:
            best = len(reading.diagnostics), names.found
        if best[0] == 0:
            break
    return {} if best is None else best[1]


def _within(around: str, tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with those of `around` before them, and behind them what closes it; none of these takes a place."""
    fixed, none, end = tables().fixed, Span(0, 0), tokens[-1].span
    stands_for = {"f": Token("NAME", "f", none), "s": Token("STRING", '"s"', none)}
    before = [stands_for.get(each) or Token(fixed[each], each, none, word=each.isalpha()) for each in around.split()]
    closed = [Token("RBRACE", "}", end) for _ in range(around.count("{"))]
    return [*before, *tokens[:-1], *closed, tokens[-1]]


def _lines(source: Source, tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with `let f =` before each line that does not go on with the one before it."""
    found: list[Token] = []
    depth, end = 0, -1
    for token in tokens:
        if depth == 0 and token.span.start < len(source.text) and source.line_start(token.span.start) > end:
            none = Span(token.span.start, token.span.start)
            found += [Token("LET", "let", none, word=True), Token("NAME", "f", none), Token("EQUAL", "=", none)]
        depth += (token.kind in OPENERS) - (token.kind in CLOSERS)
        end = token.span.end
        found.append(token)
    return found


class _Names(Automaton):
    """Reads tokens, and remembers which words were names and what the names stand for."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables, self._made)
        self.found: dict[int, Colour] = {}

    def feed(self, token: Token) -> bool:
        taken = super().feed(token)
        if taken and token.kind == "NAME" and token.span.end > token.span.start:
            self.found.setdefault(token.span.start, "name")
        return taken

    def _made(self, rule: str, _span: Span, values: list[object]) -> object:
        """The names that a rule has, where what is around asks for them."""
        if rule == "qualified_name":
            return tuple(values)
        if rule in _NAMES:
            found = [names for value in values if (names := _names(value))]
            for names in found if rule in _ALL else found[:1]:
                self._mark(names, _known(names[0].text, rule))
        return None

    def _mark(self, tokens: Iterable[object], colour: Colour) -> None:
        for token in tokens:
            if isinstance(token, Token) and token.span.end > token.span.start:
                self.found[token.span.start] = colour


def _names(value: object) -> tuple[Token, ...]:
    if isinstance(value, Token):
        return (value,) if value.kind == "NAME" else ()
    return value if isinstance(value, tuple) else ()


def _known(name: str, rule: str) -> Colour:
    """A type or a function that the language has is shown as that."""
    if rule in ("named_type", "generic_type") and name in BUILT_IN_TYPES:
        return "basic type"
    if rule == "function_call" and name in BUILTINS:
        return "builtin"
    return "basic type" if rule == "function_call" and name in BUILT_IN_TYPES else _NAMES[rule]
