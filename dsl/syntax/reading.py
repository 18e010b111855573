"""Feeds tokens to the automaton, decides which words are names, and goes on after a mistake.

A word of the language is a name where the word itself cannot stand and a name can, so new words break few old texts.
Words that begin a statement or a declaration are names only when what follows says so: otherwise a forgotten brace
would turn the next `step` into a name, and the mistake would be reported far from its place.

An LR automaton refuses the first token with which no text could go on, so everything on the stack is sound when a
mistake shows. Recovery keeps as much of it as it can:

1. What a person would do: put in, replace or leave out one token (`mending.py`), if some of the tokens that follow then
   fit.
2. Otherwise the broken statement is dropped: tokens are skipped up to the next word that begins one (or a closing
   brace), and the stack is popped until that can stand. An option or a brace stays inside the innermost open brace, so
   a mistake in a block does not cost the block.
3. At a declaration or the end of the text, what is open is closed, and what is incomplete dropped.

It ends, because each of these lets a token be taken, takes one away, or makes the stack lower. One mistake is reported
once: until a token of the text has been taken, a further refusal belongs to the same mistake. What was built before the
mistake and after it are ordinary nodes, so the later stages see all the text but the broken statement.

What puts a mistake into words is loaded where there is one: most texts have none.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from dsl.dataclass import replace
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.source import Damage, Source, Span
from dsl.syntax.automaton import Automaton
from dsl.syntax.colons import at_once
from dsl.syntax.grammar import END
from dsl.syntax.token import Token
from dsl.syntax.words import AFTER_A_NAME, CLOSERS, DECLARATIONS, NEVER_NAMES, OPENERS, OPTIONS, STATEMENTS

if TYPE_CHECKING:
    from dsl.syntax.mending import Change

MAXIMUM_PROBLEMS = 100
_BEGINNING = STATEMENTS | DECLARATIONS
_BEGINNING_LINES = _BEGINNING | OPTIONS
_SHOWN_BEFORE = 40
_SHOWN_AFTER = 12
SURE = 3
"""So many tokens that fit after a mistake show that reading has found its place again."""


class Reading:
    def __init__(
        self, source: Source, automaton: Automaton, tokens: Sequence[Token], doubtful: Sequence[Span] = ()
    ) -> None:
        self.source = source
        self.automaton = automaton
        self.tokens = list(tokens)
        self.diagnostics: list[Diagnostic] = []
        self._at = 0
        self.damage: list[Span] = []
        self._doubtful = Damage(doubtful)
        self._moved = SURE
        self._quiet = 0
        self.heads = _heads(source, tokens)
        self._declared = ""
        self._named: set[str] = set()
        self._hurt = False
        self._pairs = False
        self._texts = {kind: text for text, kind in automaton.tables.fixed.items()}

    def run(self) -> None:
        tokens, states, feed = self.tokens, self.automaton.states, self.automaton.feed
        while True:
            at = self._at
            token = self._fitted(at, states) if tokens[at].word else tokens[at]
            kind = token.kind
            if kind == "DOC" and self._is_comment(at):
                self._at = self._end_of_docs(at)
            elif (kind == "COLON" and at_once(tokens, at)) or not feed(token):
                self._mistake(token)
            elif kind == END:
                return
            else:
                self._taken(token)
                self._at = at + 1

    def _taken(self, token: Token) -> None:
        """A word that begins a line and a statement shows as well that reading has found its place again."""
        kind = token.kind
        if kind in DECLARATIONS:
            self._declared, self._hurt = kind, False
            self._named.clear()
        if kind == "NAME" and token.text.upper() in _BEGINNING:
            self._named.add(token.text)
        begins = kind in _BEGINNING_LINES and self._line_before(token) == ""
        self._moved = SURE if begins else self._moved + 1

    # Which words are names

    def _fitted(self, at: int, states: list[int]) -> Token:
        """The token at `at`, as a NAME when it is a word of the language that cannot stand here but a name can."""
        token = self.tokens[at]
        if not token.word or token.kind in NEVER_NAMES:
            return token
        at_once = self.automaton.tables.actions[states[-1]].get(token.kind, -1) >= 0
        if at_once or self.automaton.accepts(states, token.kind):
            return token
        begins = token.kind in _BEGINNING and token.text not in self._named
        if begins and self.tokens[at + 1].kind not in AFTER_A_NAME and not self._is_of_a_server(at):
            return token
        return replace(token, kind="NAME") if self.automaton.accepts(states, "NAME") else token

    def _is_of_a_server(self, at: int) -> bool:
        """Servers name their tools as they like: `tool commit(…)` within `tools git { }`."""
        return at > 0 and self.tokens[at - 1].kind in ("TOOL", "RESOURCE") and self.tokens[at + 1].kind == "LPAR"

    def _is_comment(self, at: int) -> bool:
        """A `##` comment documents what follows it, or nothing. The lines of one comment are decided on together."""
        if not self.automaton.accepts(self.automaton.states, "DOC"):
            return True
        if at > 0 and self.tokens[at - 1].kind == "DOC":
            return False
        return self.tokens[self._end_of_docs(at)].kind in ("RPAR", "RBRACE", END)

    def _end_of_docs(self, at: int) -> int:
        while self.tokens[at].kind == "DOC":
            at += 1
        return at

    # After a mistake

    def _mistake(self, token: Token) -> None:
        from dsl.syntax.mending import Change
        from dsl.syntax.signs import sign_at

        expected = self.automaton.expected()
        sign = sign_at(self.tokens, self._at, expected)
        change: Change | None = None
        if sign is not None:
            token, change = sign.token, Change(sign.length, [] if sign.instead is None else [sign.instead])
        elif not self._ends_everything(self._at):
            change = self._mending(token, expected)
        if self._is_another(token, expected):
            self._report(token, expected, change)
        self._hurt = True
        behind = self.tokens[self._at + 1].kind if self._at + 1 < len(self.tokens) else END
        self._pairs = self._pairs or (token.kind == "NAME" and behind == "COLON" and "STEP" in expected)
        self._moved = 0
        self._note(token, expected)
        if len(self.diagnostics) >= MAXIMUM_PROBLEMS:
            self._at = len(self.tokens) - 1
        if self._ends_everything(self._at):
            self._close(self.tokens[self._at].kind)
        elif change is not None:
            self.tokens[self._at : self._at + change.length] = change.instead
        else:
            self._drop_statement()

    def _is_another(self, token: Token, expected: frozenset[str]) -> bool:
        """Whether this is a mistake of its own: not on the line of the last one, nor as long as little was read since.

        What ends a declaration too early or too late follows from a mistake in it; and of one that is no flow, one
        mistake is told.
        """
        line = self.source.line_start(token.span.start)
        if self._pairs and self.tokens[self._at + 1 : self._at + 2] and self.tokens[self._at + 1].kind == "COLON":
            return False  # another line of the same YAML
        if self._moved < SURE or line < self._quiet or self._doubtful.touches(self._before(token)):
            return False
        flat = self._declared in ("TYPE", "FN")
        return not self._hurt or not (flat or self._ends_everything(self._at) or "FLOW" in expected)

    def _before(self, token: Token) -> Span:
        """From the end of what was read before `token` to its beginning: where something may be missing."""
        end = self.tokens[self._at - 1].span.end if self._at else token.span.start
        return Span(min(end, token.span.start), token.span.start)

    def _note(self, token: Token, expected: frozenset[str]) -> None:
        """What stands on the lines of a mistake is in doubt; of what was complete before it, nothing."""
        complete = "FLOW" in expected or "STEP" in expected
        start = self.source.line_start(token.span.start if complete else self._statement())
        new_line = self.source.line_start(token.span.start) > self._before(token).start
        broken_off = not complete and new_line and token.kind in _BEGINNING_LINES
        self._quiet = self.source.line_end(self._before(token).start if broken_off else token.span.start)
        self.damage.append(Span(start, self._quiet if broken_off else max(token.span.end, self._quiet)))

    def _statement(self) -> int:
        """Where the statement or option begins that could not be read on; else where the token before stands."""
        for at in range(self._at - 1, max(-1, self._at - _SHOWN_BEFORE), -1):
            kind = self.tokens[at].kind
            if kind in DECLARATIONS or (kind in STATEMENTS | OPTIONS and self._line_before(self.tokens[at]) == ""):
                return self.tokens[at].span.start
        return self._before(self.tokens[self._at]).start

    def _mending(self, token: Token, expected: frozenset[str]) -> "Change | None":
        from dsl.syntax.mending import mending

        following = self.tokens[self._at + 1 : self._at + 1 + _SHOWN_AFTER]
        before = self.tokens[self._at - 1].text if self._at else ""
        return mending(self.automaton, [token, *following], expected, self._texts, before, self._gives(token))

    def _gives(self, token: Token) -> str:
        """What `name = value` lacks: a `var` before gets another value, and what is `set` somewhere is a `var`."""
        if token.kind != "NAME":
            return "LET"
        given = self._given.get(token.text, set())
        return "SET" if "VAR" in given else "VAR" if "SET" in given else "LET"

    @cached_property
    def _given(self) -> dict[str, set[str]]:
        """The words with which each name gets its values, as the author wrote them; looked up once for all mistakes."""
        found: dict[str, set[str]] = {}
        for word, name in pairwise(self.tokens):
            if word.kind in ("VAR", "SET") and word.span.end > word.span.start:
                found.setdefault(name.text, set()).add(word.kind)
        return found

    def _report(self, token: Token, expected: frozenset[str], change: "Change | None") -> None:
        from dsl.syntax.mistake import Mistake
        from dsl.syntax.wording import diagnose

        open_ = [piece.value for piece in self.automaton.pieces if isinstance(piece.value, Token)]
        put_in = change.instead[0] if change and change.length == 0 else None
        mistake = Mistake(
            token=token,
            before=self.tokens[max(0, self._at - _SHOWN_BEFORE) : self._at],
            after=self.tokens[self._at + 1 : self._at + 1 + _SHOWN_AFTER],
            expected=expected,
            texts=self._texts,
            unclosed=_unclosed(open_),
            missing=put_in.text if put_in and not put_in.word else None,
            source=self.source,
        )
        self.diagnostics.append(diagnose(mistake))

    def _drop_statement(self) -> None:
        start, depth = self._at, 0
        while True:
            token = self.tokens[self._at]
            if self._ends_everything(self._at):
                self._close(token.kind)
                return
            # `if` and `for` can go on an expression too: what is meant here is where any statement can begin.
            kind = "STEP" if token.kind in ("IF", "FOR") else token.kind
            if depth == 0 and self._begins_something(self._at) and self._pop_to(kind):
                return
            if depth == 0 and self._at > start and self._begins_line(self._at) and self._pop_to("STEP", within=True):
                self._moved = SURE
                return
            if token.kind in OPENERS:
                depth += 1
            elif token.kind in CLOSERS:
                depth = max(0, depth - 1)
            self._at += 1

    def _begins_something(self, at: int) -> bool:
        token = self.tokens[at]
        if token.kind in ("IF", "FOR"):
            # Both also stand inside expressions; there they do not begin a line.
            before = self._line_before(token)
            return before == "" or before[-1] in "{}"
        return token.kind in STATEMENTS or token.kind in OPTIONS or token.kind == "RBRACE"

    def _begins_line(self, at: int) -> bool:
        """A name at the beginning of a line (`returnx`, `whlie x {`) is a mistake of its own."""
        token = self.tokens[at]
        return token.kind == "NAME" and not token.word and self._line_before(token) == ""

    def _line_before(self, token: Token) -> str:
        start = self.source.line_start(token.span.start)
        return self.source.text[start : token.span.start].strip()

    def _ends_everything(self, at: int) -> bool:
        """A declaration cannot stand inside anything, so whatever is open here lacks its end."""
        kind = self.tokens[at].kind
        if kind in DECLARATIONS:
            return self.tokens[at + 1].kind in ("NAME", "LBRACE") or self.tokens[at + 1].word
        return kind == END

    def _close(self, kind: str) -> None:
        """Close what is open, dropping what is incomplete, until `kind` can stand."""
        here = self.tokens[self._at].span.start
        height, popped = len(self.automaton.states) + 1, False
        while not self.automaton.accepts(self.automaton.states, kind):
            # What was closed in vain is dropped, opener and all, rather than closed again.
            closer = None if popped and len(self.automaton.states) >= height else self._closer()
            popped = closer is None
            if closer is None:
                self.automaton.pop()
            else:
                height = len(self.automaton.states)
                self.automaton.feed(Token(closer, CLOSERS[closer], Span(here, here)))

    def _closer(self) -> str | None:
        return next((each for each in CLOSERS if self.automaton.accepts(self.automaton.states, each)), None)

    def _pop_to(self, kind: str, *, within: bool = False) -> bool:
        """Pop the stack until `kind` can stand. An option or a brace never leaves the innermost open brace, and nothing
        leaves any bracket when it is to stay `within` them."""
        states, pieces = self.automaton.states, self.automaton.pieces
        barriers = OPENERS.keys() if within else set() if kind in STATEMENTS else {"LBRACE"}
        for length in range(len(states), 0, -1):
            if self.automaton.accepts(states, kind, length):
                while len(states) > length:
                    self.automaton.pop()
                return True
            piece = pieces[length - 2].value if length > 1 else None
            if isinstance(piece, Token) and piece.kind in barriers:
                return False
        return False


def _heads(source: Source, tokens: Sequence[Token]) -> Damage:
    """The lines on which declarations begin, and so their names."""
    starts = (token.span.start for token in tokens if token.kind in DECLARATIONS)
    return Damage(Span(source.line_start(start), source.line_end(start)) for start in starts)


def _unclosed(tokens: list[Token]) -> Token | None:
    """The innermost bracket on the stack that has not been closed."""
    open_: list[Token] = []
    for token in tokens:
        if token.kind in OPENERS:
            open_.append(token)
        elif open_ and token.kind == OPENERS[open_[-1].kind]:
            open_.pop()
    return open_[-1] if open_ else None
