"""Text to tokens, with the words, symbols and patterns of the grammar.

What a token is depends on which bracket was opened last: text inside quotes, code inside `{{ }}`, and so on to any
depth, so quotes inside `{{ }}` need nothing special. The stack of openers makes that possible, and it also tells `}}`
that closes an interpolation from two `}` that close records. A text without `{{` is one STRING token.

Numbers and words end where the next one may not begin: `3iterations` and `5K` are mistakes, not two tokens.
"""

import re
from dataclasses import dataclass, field
from itertools import takewhile

from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Span
from dsl.syntax.grammar import END, Tables
from dsl.syntax.token import Token

MAXIMUM_NESTING = 100
LONGEST_NUMBER = 40
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_BLANK = re.compile(r"(?:[ \t\r\n\f\ufeff]+|#(?!#)[^\n]*)+")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d\w*(?:\.\d\w*)?")
_QUOTED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*?"""|"(?!"")(?:[^"\\\n]|\\.)*"|""(?!")', re.DOTALL)
_CHUNK = re.compile(r'(?:[^"\\{\n]|\\[^\n]|\{(?!\{))+')
_LONG_CHUNK = re.compile(r'(?:[^"\\{]|\\.|\{(?!\{)|"(?!""))+', re.DOTALL)
_GLUED = re.compile(r"([0-9]+(?:\.[0-9]+|[kM])?)([a-z]+)")
_FOREIGN = {
    "'": ('"', "text stands in double quotes"),
    "`": ('"', "text stands in double quotes"),
    "“": ('"', "text stands in straight double quotes"),
    "”": ('"', "text stands in straight double quotes"),
    "&&": ("and", "write `and`"),
    "||": ("or", "write `or`"),
    "!": ("not ", "write `not`"),
    ";": ("", "a statement needs no `;`: leave it out"),
}


@dataclass(frozen=True, slots=True)
class Opener:
    kind: str
    start: int


@dataclass(slots=True)
class Lexed:
    tokens: list[Token] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    too_deep: bool = False


def tokenise(text: str, tables: Tables) -> Lexed:
    """All tokens of `text`, an END token last. Mistakes are reported and stepped over."""
    return _Lexer(text, tables).run()


class _Lexer:
    def __init__(self, text: str, tables: Tables) -> None:
        self.text = text
        self.fixed = tables.fixed
        self.numbers = {kind: re.compile(tables.patterns[kind]) for kind in ("INT", "SCALED", "NUMBER", "DURATION")}
        symbols = sorted((re.escape(each) for each in tables.fixed if not each[0].isalpha()), key=len, reverse=True)
        self.comparison = re.compile(tables.patterns["COMPARISON"])
        self.symbol = re.compile("=>|->|" + tables.patterns["COMPARISON"] + "|" + "|".join(symbols))
        self.doc = re.compile(tables.patterns["DOC"])
        self.name = re.compile(tables.patterns["NAME"])
        self.openers: list[Opener] = []
        self.at = 0
        self.out = Lexed()

    def run(self) -> Lexed:
        while self.at < len(self.text) and not self.out.too_deep:
            if self.openers and self.openers[-1].kind in ('"', '"""'):
                self._inside_text(self.openers[-1])
            else:
                self._code()
        for opener in reversed(self.openers):
            self._close_at_end(opener)
        self._token(END, 0)
        return self.out

    # Code

    def _code(self) -> None:
        if blank := _BLANK.match(self.text, self.at):
            if self._interpolation_broken(blank.group()):
                return
            self.at = blank.end()
        elif self.text.startswith('"', self.at):
            self._quote()
        elif doc := self.doc.match(self.text, self.at):
            self._doc(doc.group())
        elif number := _NUMBER.match(self.text, self.at):
            self._number(number.group())
        elif word := _WORD.match(self.text, self.at):
            self._word(word.group())
        elif self._at_interpolation_end():
            self._token("_INTERPOLATION_END", 2)
            self.openers.pop()
        elif self.text[self.at : self.at + 2] in _FOREIGN:
            self._foreign()
        elif symbol := self.symbol.match(self.text, self.at):
            self._symbol(symbol.group())
        else:
            self._foreign()

    def _word(self, word: str) -> None:
        kind = self.fixed.get(word)
        if kind is not None and not self._is_plain_name(self.at + len(word)):
            self._token(kind, len(word), word=True)
            return
        if not self.name.fullmatch(word):
            self._problem(
                Span(self.at, self.at + len(word)),
                f"`{word}` is not a name",
                "a name has letters a to z, digits and `_`",
            )
        self._token("NAME", len(word))

    def _is_plain_name(self, end: int) -> bool:
        """After a dot, and before a colon except in `xs[a:b]`, a word of the language is just a name."""
        last = self.out.tokens[-1].text if self.out.tokens else ""
        if last in (".", "?."):
            return True
        blank = _BLANK.match(self.text, end)
        after = blank.end() if blank else end
        return self.text[after : after + 1] == ":" and not (self.openers and self.openers[-1].kind == "[")

    def _number(self, number: str) -> None:
        for kind, pattern in self.numbers.items():
            if pattern.fullmatch(number) and len(number) <= LONGEST_NUMBER:
                self._token(kind, len(number))
                return
        self._bad_number(number)

    def _bad_number(self, written: str) -> None:
        """Report it, and go on with the digits that it begins with."""
        span = Span(self.at, self.at + len(written))
        digits = "".join(takewhile(str.isdecimal, written[:LONGEST_NUMBER]))
        apart = _GLUED.fullmatch(written)
        if apart is not None and apart.group(2) in self.fixed:
            self._problem(
                span, f"`{written}` is a number and a word in one", "put a space between them", _spaced(apart)
            )
            self._number(apart.group(1))
            return
        advice, replacement = _mended_number(written, digits)
        self._problem(span, f"`{written}` is not a number", advice, replacement)
        self.out.tokens.append(Token("INT", digits, span))
        self.at = span.end

    def _doc(self, doc: str) -> None:
        before = self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]
        if before.strip():
            self.at += len(doc)
        else:
            self._token("DOC", len(doc))

    def _symbol(self, symbol: str) -> None:
        if symbol in _CLOSERS:
            self._open(symbol)
        elif self.openers and symbol == _CLOSERS.get(self.openers[-1].kind):
            self.openers.pop()
        elif symbol in _CLOSERS.values():
            self._mismatched(symbol)
        kind = "COMPARISON" if self.comparison.fullmatch(symbol) else self.fixed[symbol]
        self._token(kind, len(symbol))

    def _mismatched(self, symbol: str) -> None:
        """`( … }`: close what the symbol does close, so that later `}}` are read as meant; the grammar reports it."""
        for depth in range(len(self.openers) - 1, -1, -1):
            if self.openers[depth].kind in ("{{", '"', '"""'):
                return
            if _CLOSERS[self.openers[depth].kind] == symbol:
                del self.openers[depth:]
                return

    def _open(self, kind: str) -> None:
        if len(self.openers) >= MAXIMUM_NESTING:
            self.out.too_deep = True
            span = Span(self.at, self.at + len(kind))
            self._problem(span, f"nested more than {MAXIMUM_NESTING} deep", "move the inner part to a flow of its own")
        self.openers.append(Opener(kind, self.at))

    def _foreign(self) -> None:
        pair = self.text[self.at : self.at + 2]
        written = pair if pair in _FOREIGN else pair[:1]
        replacement, advice = _FOREIGN.get(written, (None, None))
        span = Span(self.at, self.at + len(written))
        self._problem(span, f"`{written}` means nothing here", advice, replacement)
        kind = self.fixed.get((replacement or "").strip())
        if kind is not None and replacement is not None:
            self.out.tokens.append(Token(kind, replacement.strip(), span, word=True))
            self.at = span.end
        else:
            self.at = self._foreign_text_end(written)

    def _foreign_text_end(self, quote: str) -> int:
        """Step over text in foreign quotes as a whole, as a STRING, so that its words are not taken for code."""
        line_end = self.text.find("\n", self.at)
        close = self.text.find("”" if quote == "“" else quote, self.at + 1, line_end if line_end >= 0 else None)
        if _FOREIGN.get(quote, ("",))[0] != '"' or close < 0:
            return self.at + len(quote)
        self.out.tokens.append(Token("STRING", f'"{self.text[self.at + 1 : close]}"', Span(self.at, close + 1)))
        return close + 1

    # Texts

    def _quote(self) -> None:
        long = self.text.startswith('"""', self.at)
        whole = _QUOTED.match(self.text, self.at)
        if whole and "{{" not in whole.group() and not (self._inside_long_text() and long):
            self._token("STRING", len(whole.group()))
            return
        if self._inside_long_text() and long:
            self._interpolation_unclosed()
            return
        kind = '"""' if long else '"'
        self._open(kind)
        self._token("TEXT_START", len(kind))

    def _inside_text(self, opener: Opener) -> None:
        quote = opener.kind
        if self.text.startswith("{{", self.at):
            self._open("{{")
            self._token("_INTERPOLATION_START", 2)
        elif self.text.startswith(quote, self.at):
            self.openers.pop()
            self._token("_TEXT_END", len(quote))
        elif chunk := (_LONG_CHUNK if quote == '"""' else _CHUNK).match(self.text, self.at):
            self._token("TEXT_PART", len(chunk.group()))
        else:
            self._text_unclosed(opener)

    def _text_unclosed(self, opener: Opener) -> None:
        """A line ends, or the file does, inside a text: report its opening quote and go on as if it were closed."""
        if len(self.openers) > 1 and self.openers[-2].kind == "{{":
            self._forget_text(opener)
            self._interpolation_unclosed()
            return
        line_end = self.text.find("\n", opener.start)
        end = line_end if line_end >= 0 and opener.kind == '"' else opener.start + len(opener.kind)
        self._problem(Span(opener.start, end), "this text is never closed", f"end it with `{opener.kind}`")
        self.openers.pop()
        if not self.text.startswith("\n", self.at):
            self.at = len(self.text)
        self._token("_TEXT_END", 0)

    def _forget_text(self, opener: Opener) -> None:
        """What seemed to open a text was the quote that closes the one around."""
        self.openers.pop()
        while self.out.tokens[-1].span.start >= opener.start:
            self.out.tokens.pop()

    def _at_interpolation_end(self) -> bool:
        return bool(self.openers) and self.openers[-1].kind == "{{" and self.text.startswith("}}", self.at)

    def _inside_long_text(self) -> bool:
        return any(opener.kind == '"""' for opener in self.openers)

    def _interpolation_broken(self, blank: str) -> bool:
        """A line break inside `"… {{ …"`: that text ended with its line, so its `{{` was never closed."""
        kinds = [opener.kind for opener in self.openers]
        if "\n" not in blank or '"' not in kinds:
            return False
        self._interpolation_unclosed()
        return True

    def _interpolation_unclosed(self) -> None:
        """Close the innermost `{{`, and what was opened in it, where its text ends."""
        while self.openers and self.openers[-1].kind != "{{":
            self.openers.pop()
        opener = self.openers.pop()
        self._problem(Span(opener.start, opener.start + 2), "this `{{` is never closed", "end it with `}}`")
        self._token("_INTERPOLATION_END", 0)
        text = self.openers[-1]
        end = self.text.find("\n" if text.kind == '"' else '"""', self.at)
        self.at = end if end >= 0 else len(self.text)
        if text.kind == '"':
            self.openers.pop()
            self._token("_TEXT_END", 0)

    def _close_at_end(self, opener: Opener) -> None:
        if opener.kind == "{{":
            self._problem(Span(opener.start, opener.start + 2), "this `{{` is never closed", "end it with `}}`")
            self._token("_INTERPOLATION_END", 0)
        elif opener.kind in ('"', '"""'):
            self._problem(
                Span(opener.start, opener.start + len(opener.kind)),
                "this text is never closed",
                f"end it with `{opener.kind}`",
            )
            self._token("_TEXT_END", 0)

    def _token(self, kind: str, length: int, *, word: bool = False) -> None:
        end = self.at + length
        self.out.tokens.append(Token(kind, self.text[self.at : end], Span(self.at, end), word))
        self.at = end

    def _problem(self, span: Span, message: str, advice: str | None = None, replacement: str | None = None) -> None:
        fix = None if replacement is None else Fix(span, replacement)
        self.out.diagnostics.append(Diagnostic("SF001", message, Label(span), help=advice, fix=fix))


def _spaced(apart: re.Match[str]) -> str:
    return f"{apart.group(1)} {apart.group(2)}"


def _mended_number(written: str, digits: str) -> tuple[str, str | None]:
    """The advice, and the number that was probably meant."""
    rest = written[len(digits) :]
    if len(written) > LONGEST_NUMBER:
        return f"the longest has {LONGEST_NUMBER} digits", None
    if rest == "K":
        return "thousands are `k`, millions are `M`", f"{digits}k"
    if rest.replace("_", "").isdecimal():
        return "write the digits without `_`", written.replace("_", "")
    return "a number is `12`, `0.5`, `60k` or `30M`, a duration is `1h30m`", None
