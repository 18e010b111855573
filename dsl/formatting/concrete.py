"""The concrete tree: every token that was read, by rule of the grammar, with nothing left out.

The automaton of `dsl.syntax` reads; only what it builds differs. So a text is formatted when it can be parsed, and a
word is a name here where it is one there.
"""

from dsl.diagnostics.diagnostic import Diagnostic
from dsl.source import Damage, Source
from dsl.syntax.automaton import Automaton
from dsl.syntax.braces import paired
from dsl.syntax.grammar import END, Production, tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.reading import Reading
from dsl.syntax.scanner import Scanner
from dsl.syntax.token import Token


class Branch:
    """What one rule has read: its parts in order, a token as its number. `first` and `last` are those of its tokens."""

    __slots__ = ("first", "last", "parts", "rule")

    def __init__(self, rule: str, parts: "list[Part]") -> None:
        self.rule = rule
        self.parts = parts
        begin, end = parts[0], parts[-1]
        self.first: int = begin if isinstance(begin, int) else begin.first
        self.last: int = end if isinstance(end, int) else end.last


Part = int | Branch
_Piece = int | Branch | list[Part]


class NotReadable(Exception):
    """A token that cannot stand where it stands. `dsl.syntax.parse` says what is wrong."""


class Concrete(Automaton):
    """Takes tokens; `branches` are all that were made, inner ones first, and `taken` the tokens, by number. `given` are
    those of the text, before it was decided which words are names."""

    def __init__(self, given: list[Token]) -> None:
        super().__init__(tables(), lambda *_: None)
        self.given = given
        self.taken: list[Token] = []
        self.branches: list[Branch] = []
        self._stack: list[_Piece] = []

    def feed(self, token: Token) -> bool:
        actions, productions, states, kind = self.tables.actions, self.tables.productions, self.states, token.kind
        while (action := actions[states[-1]].get(kind)) is not None:
            if action >= 0:
                states.append(action)
                self._stack.append(len(self.taken))
                self.taken.append(token)
                return True
            production = productions[-1 - action]
            if production.single and production.size == 1:
                states[-1] = actions[states[-2]][production.left]
                continue
            self._make_branch(production)
            if kind == END and states[-1] == self.tables.end:
                self.taken.append(token)
                return True
        raise NotReadable

    def module(self) -> list[Part]:
        """The parts of the file, once END was taken."""
        (whole,) = self._stack
        return whole if isinstance(whole, list) else whole.parts if isinstance(whole, Branch) else [whole]

    def _make_branch(self, production: Production) -> None:
        stack, states, size = self._stack, self.states, production.size
        parts: list[Part] = []
        if size == 1:
            states.pop()
            alone = stack.pop()
            parts = alone if isinstance(alone, list) else [alone]
        elif size:
            parts = _grown(stack[-size:])
            del stack[-size:], states[-size:]
        if production.inline or not parts:
            stack.append(parts)
        else:
            branch = Branch(production.name, parts)
            self.branches.append(branch)
            stack.append(branch)
        states.append(self.tables.actions[states[-1]][production.left])


def _grown(pieces: list[_Piece]) -> list[Part]:
    """The parts in one row. What a repetition has so far is nobody else's: it grows, and is not copied."""
    head = pieces[0]
    parts: list[Part] = head if isinstance(head, list) else [head]
    for piece in pieces[1:]:
        if isinstance(piece, list):
            parts.extend(piece)
        else:
            parts.append(piece)
    return parts


def read(source: Source) -> Concrete | None:
    """The concrete tree of a text; None when it does not parse."""
    lexed = tokenise(source.text, tables())
    return None if lexed.too_deep or _errors(lexed.diagnostics) else read_tokens(source, lexed)


def read_tokens(source: Source, lexed: Scanner) -> Concrete | None:
    """The same of tokens that were found without a mistake."""
    braces = paired(source, lexed.tokens, Damage(lexed.spoiled))
    if _errors(braces.diagnostics):
        return None
    concrete = Concrete(lexed.tokens)
    try:
        Reading(source, concrete, braces.tokens).run()
    except NotReadable:
        return None
    return concrete


def _errors(found: list[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in found)
