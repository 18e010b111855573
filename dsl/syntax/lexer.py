"""Text to tokens, with the words, symbols and patterns of the grammar.

What a token is depends on which bracket was opened last: text inside quotes (`lexer_texts.py`), code inside `{{ }}`,
and so on to any depth, so quotes inside `{{ }}` need nothing special. The stack of openers makes that possible, and it
also tells `}}` that closes an interpolation from two `}` that close records.

Numbers and words end where the next one may not begin: `3iterations` and `5K` are mistakes, not two tokens.
"""

import re
from collections import Counter
from itertools import takewhile

from dsl.dataclass import replace
from dsl.diagnostics.diagnostic import Label
from dsl.regex import regex
from dsl.source import Span
from dsl.syntax.characters import HIDDEN, hidden_characters, is_plain
from dsl.syntax.foreign import SIGNS, WITH_SIGN, number_with_unit, with_unit
from dsl.syntax.grammar import END, Tables
from dsl.syntax.lexer_texts import (
    LONG,
    SHORT,
    begins_unquoted,
    close_at_end,
    inside_text,
    line_break,
    quote,
    stray_quotes,
)
from dsl.syntax.notes import MARK
from dsl.syntax.scanner import Scanner
from dsl.syntax.slips import AS_IF, FOREIGN, LONGEST_NUMBER, Meant, foreign_at, glued, number_meant
from dsl.syntax.token import Token

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_BLANK = regex(rf"(?:(?:[ \t\r\n]|{HIDDEN})+|#(?!#)[^\n]*)+")
_PLAIN_BLANK = regex(r"(?:[ \t\n]+|#(?!#)[^\n]*)+")
_FIELD = regex(r"[ \t]*[a-z_]\w*:")
_COMMA = Meant("write `,`", ",")
_BOTH = "write `,` between two, and nothing at the end of a line"
_WORD = regex(r"[^\W\d]\w*")
_GOES_ON = regex(r" ?[A-Za-z0-9_\"(){}]")
"""What shows at once that no `:` comes."""
_QUOTES = (SHORT, LONG)
_PLAIN = regex(
    r" *(?:([A-Za-z_][A-Za-z0-9_]*(?![\w\"]))"
    r"|([()\[\],:{]|=(?=[ \n])|\.(?=[A-Za-z_])|\}(?=[ \n,)\]])|->(?= ))"
    r"|(\n[ \n]*))"
)
"""What begins nothing else, so that most tokens are found without asking for everything that there is."""
_IS_SYMBOL, _IS_LINES = 2, 3
_PREFIXES = "fFrRbBuU"
_PREFIXED = regex(r'\b([fFrRbBuU]|[fF][rR]|[rR][fF]|[bB][rR]|[rR][bB])("(?!"")(?:[^"\\\n]|\\.)*")')
_PLACE = regex(r"(?<!\{)\{ *([^{}\n]+?) *\}(?!\})")
_BEFORE_AMOUNTS = frozenset({"BUDGET", "COMMA"})
_NUMBER = regex(r"\d\w*(?:\.\d\w*)?")
MOST_PLACES = 3
"""Of a sign that means nothing here: so many places are shown besides the first."""


def tokenise(text: str, tables: Tables) -> Scanner:
    """All tokens of `text`, an END token last, and what is wrong with them. Mistakes are stepped over."""
    return _Lexer(text, tables).run()


class _Lexer:
    def __init__(self, text: str, tables: Tables) -> None:
        self.fixed = tables.fixed
        self.numbers = {kind: re.compile(tables.patterns[kind]) for kind in ("INT", "SCALED", "NUMBER", "DURATION")}
        symbols = sorted((re.escape(each) for each in tables.fixed if not each[0].isalpha()), key=len, reverse=True)
        self.symbol = re.compile("=>|->|" + tables.patterns["COMPARISON"] + "|" + "|".join(symbols))
        self.doc = re.compile(tables.patterns["DOC"])
        self.name = re.compile(tables.patterns["NAME"])
        self.text = text
        self.blank = _PLAIN_BLANK if is_plain(text) else _BLANK
        self.scanner = Scanner(text, stray=stray_quotes(text))
        self._told: dict[str, int] = {}
        self._places: Counter[str] = Counter()

    def run(self) -> Scanner:
        scanner, openers, end = self.scanner, self.scanner.openers, len(self.text)
        while scanner.at < end and not scanner.too_deep:
            if openers and openers[-1].kind in _QUOTES:
                inside_text(scanner)
            elif scanner.stray is not None and begins_unquoted(scanner):
                quote(scanner)
            elif plain := _PLAIN.match(self.text, scanner.at):
                self._plain(plain)
            else:
                self._code(scanner.at)
        if not scanner.too_deep:  # otherwise nobody has looked for what closes them
            close_at_end(scanner)
        scanner.token(END, 0)
        hidden = list(hidden_characters(self.text, scanner.tokens))
        scanner.diagnostics += hidden
        scanner.spoiled += [each.primary.span for each in hidden]
        return scanner

    def _plain(self, found: re.Match[str]) -> None:
        """A word, a sign or line ends that begin nothing else: most of a text is that."""
        scanner = self.scanner
        which = found.lastindex or 0
        scanner.at, end = found.span(which)
        written = found[which]
        if which == _IS_LINES:
            if not scanner.openers or not line_break(scanner):
                scanner.at = end
        elif which == _IS_SYMBOL:
            self._symbol(written)
        elif written in self.fixed:
            self._plain_word(written)
        else:
            scanner.tokens.append(Token("NAME", written, Span(scanner.at, end)))
            scanner.at = end

    def _code(self, at: int) -> None:
        """What begins with a sign or a letter that may be one of several things."""
        if blank := self.blank.match(self.text, at):
            self._blank(blank.group())
        elif self.scanner.startswith(SHORT):
            quote(self.scanner)
        elif doc := self.doc.match(self.text, at):
            self._doc(doc.group())
        elif self._unit(at) or self._prefixed_text(at):
            pass
        elif number := _NUMBER.match(self.text, at):
            self._number(number.group())
        elif word := _WORD.match(self.text, at):
            self._word(word.group())
        elif self.scanner.inside("{{") and self.scanner.startswith("}}"):
            self.scanner.openers.pop()
            self.scanner.token("_INTERPOLATION_END", 2)
        elif len(foreign_at(self.text, at) or "") < 2 and (symbol := self.symbol.match(self.text, at)):
            self._symbol(symbol.group())
        else:
            self._foreign()

    def _blank(self, blank: str) -> None:
        if MARK in blank:
            self.scanner.notes.append(self.scanner.ahead(len(blank)))
        if "\n" not in blank or not line_break(self.scanner):
            self.scanner.at += len(blank)

    def _word(self, word: str) -> None:
        if not self.name.fullmatch(word):
            advice = "a name has letters a to z, digits and `_`"
            self.scanner.problem(self.scanner.ahead(len(word)), f"`{word}` is not a name", advice, code="SF009")
        self._plain_word(word)

    def _plain_word(self, word: str) -> None:
        kind = self.fixed.get(word)
        if kind is None or self._is_plain_name(self.scanner.at + len(word)):
            self.scanner.token("NAME", len(word))
        else:
            self.scanner.token(kind, len(word), word=True)

    def _is_plain_name(self, end: int) -> bool:
        """After a dot, and before a colon except in `xs[a:b]`, a word of the language is just a name."""
        tokens = self.scanner.tokens
        if tokens and tokens[-1].text in (".", "?."):
            return True
        if _GOES_ON.match(self.text, end):
            return False
        blank = self.blank.match(self.text, end)
        after = blank.end() if blank else end
        return self.text[after : after + 1] == ":" and not self.scanner.inside("[")

    def _number(self, number: str) -> None:
        for kind, pattern in self.numbers.items():
            if pattern.fullmatch(number) and len(number) <= LONGEST_NUMBER:
                self.scanner.token(kind, len(number))
                return
        self._bad_number(number)

    def _bad_number(self, written: str) -> None:
        """Report it, and go on with the digits that it begins with."""
        span = self.scanner.ahead(len(written))
        digits = "".join(takewhile(str.isdecimal, written[:LONGEST_NUMBER]))
        apart = glued(written)
        if apart is not None and apart[1] in self.fixed:
            message = f"`{written}` is a number and a word in one"
            self.scanner.problem(span, message, "put a space between them", " ".join(apart), code="SF009")
            self._number(apart[0])
            return
        self.scanner.problem(span, f"`{written}` is not a number", *number_meant(written, digits), code="SF009")
        self.scanner.put(Token("INT", digits, span))

    def _unit(self, at: int) -> bool:
        """`24 hours`, `1 eur`, `$1`: read as what is meant. Only where it is no text of several tokens that fits."""
        if self.text[at] in SIGNS and (sign := WITH_SIGN.match(self.text, at)):
            written, meant = sign[0], with_unit(sign[0], sign[1], sign[2], "USD")
            inside = bool(self.scanner.tokens) and self.scanner.tokens[-1].kind in _BEFORE_AMOUNTS
        elif found := number_with_unit(self.text, at):
            written, meant, inside = found[0], with_unit(*found), True
        else:
            return False
        if meant is None:
            return False
        span = Span(at, at + len(written))
        self.scanner.problem(span, meant.message, meant.advice, meant.replacement if inside else None, code="SF008")
        for kind, text in meant.tokens[: None if inside else 1]:
            self.scanner.put(Token(kind, text, span, word=kind == "USD"))
        return True

    def _prefixed_text(self, at: int) -> bool:
        """`f"hello {name}"`: read as the text without its prefix."""
        found = _PREFIXED.match(self.text, at) if self.text[at] in _PREFIXES else None
        if found is None:
            return False
        prefix, written = found.groups()
        meant = _PLACE.sub(r"{{ \1 }}", written) if "f" in prefix.lower() else written
        span = Span(at, found.end())
        self.scanner.problem(span, f"texts need no `{prefix}`", f"write `{meant}`", meant, code="SF008")
        self.scanner.spoiled.append(span)
        self.scanner.put(Token("STRING", written, span))
        return True

    def _doc(self, doc: str) -> None:
        """Docs stand on lines of their own; behind code, `##` is a plain comment."""
        line = self.text.rfind("\n", 0, self.scanner.at) + 1
        if self.text[line : self.scanner.at].strip():
            self.scanner.at += len(doc)
        else:
            self.scanner.token("DOC", len(doc))

    def _symbol(self, symbol: str) -> None:
        if symbol in _CLOSERS:
            self.scanner.open(symbol)
        elif symbol in _CLOSERS.values():
            self._close(symbol)
        self.scanner.token(self.fixed.get(symbol, "COMPARISON"), len(symbol))

    def _close(self, symbol: str) -> None:
        """Close what `symbol` does close, so that later `}}` are read as meant; the grammar reports `( … }`."""
        openers = self.scanner.openers
        for depth in range(len(openers) - 1, -1, -1):
            if openers[depth].kind not in _CLOSERS:
                return
            if _CLOSERS[openers[depth].kind] == symbol:
                del openers[depth:]
                return

    def _foreign(self) -> None:
        at = self.scanner.at
        written = foreign_at(self.text, at) or self.text[at]
        divides = written == ";" and self._goes_on_behind(at + 1)
        meant = _COMMA if divides else FOREIGN.get(written, Meant(None))
        span = Span(at, at + len(written))
        code = "SF006" if written == "'''" else "SF008"
        if written not in self._told:
            self._told[written] = len(self.scanner.diagnostics)
            self.scanner.problem(span, f"`{written}` means nothing here", *meant, code=code)
        else:
            self._told_again(written, span, meant.advice)
        word = AS_IF.get(written) or (meant.replacement or "").strip()
        if word in self.fixed:
            self.scanner.put(Token(self.fixed[word], word, span, word=word.isalpha()))
        elif word in ("==", "!="):
            self.scanner.put(Token("COMPARISON", word, span))
        elif word in (SHORT, LONG):
            self._foreign_text(written)
        else:
            self.scanner.at = span.end

    def _goes_on_behind(self, at: int) -> bool:
        """Whether `;` stands between two arguments, items or fields, and not at the end of a statement."""
        return self.scanner.inside("(", "[") or (self.scanner.inside("{") and bool(_FIELD.match(self.text, at)))

    def _told_again(self, written: str, span: Span, advice: str | None) -> None:
        """A habit is one mistake: a sign is told where it stands first, with the next places and how many there are."""
        at = self._told[written]
        self._places[written] += 1
        more, told = self._places[written], self.scanner.diagnostics[at]
        if more <= MOST_PLACES:
            told = replace(told, secondary=(*told.secondary, Label(span, "and here")))
        if advice is not None and not (told.help or "").startswith(advice):
            advice = _BOTH  # a comma here, nothing there
        if advice is not None:
            told = replace(told, help=f"{advice}; so it is at {'one other place' if more == 1 else f'{more} others'}")
        self.scanner.diagnostics[at] = told

    def _foreign_text(self, quote: str) -> None:
        """Text in foreign quotes is a STRING as a whole, so that its words are not taken for code."""
        start = self.scanner.at
        kind = LONG if len(quote) == len(LONG) else SHORT
        end = self.text.find("\n", start) if kind == SHORT else -1
        close = self.text.find("”" if quote == "“" else quote, start + len(quote), end if end >= 0 else None)
        if close < 0:
            self.scanner.at += len(quote)
            return
        text, span = self.text[start + len(quote) : close], Span(start, close + len(quote))
        if kind == LONG:
            self.scanner.spoiled.append(span)
        self.scanner.put(Token("STRING", f"{kind}{text}{kind}", span))
