"""Braces that do not pair: the one that is missing, or too many, is found by the indentation, before the text is read.

Nothing here looks at a declaration whose braces pair. In the others a line that stands no deeper than the line of an
open brace shows where that brace was to be closed; a closing brace that stands where none was opened shows what was to
be opened. What is missing is put among the tokens, so that everything behind it is read as it was meant.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dsl.dataclass import dataclass, field
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Damage, Source, Span
from dsl.syntax.token import Token
from dsl.syntax.words import DECLARATIONS, OPTIONS, STATEMENTS

_HEAD_WORDS = frozenset({"READ", "IDEMPOTENT", "WRITE", "IRREVERSIBLE", "BUDGET", "DEPTH", "REQUIRES", "SEES"})
_BLOCKS = frozenset(
    {
        "FLOW",
        "AGENT",
        "TOOL",
        "TOOLS",
        "TYPE",
        "IF",
        "ELSE",
        "FOR",
        "LOOP",
        "PARALLEL",
        "RACE",
        "TRY",
        "BRANCH",
        "ON",
        "AWAIT",
    }
    | {"BUDGET", "MATCH", "FINALLY", "RBRACE"}
)
"""What a line begins with that opens a block."""
_NAMED = frozenset({"FLOW", "AGENT", "TOOL", "TOOLS", "TYPE", "LOOP", "BRANCH", "ON", "ELSE", "STEP", "AWAIT"})
_WITH_OPTIONS = frozenset({"TOOL", "AGENT", "TYPE"})
_OF_BOTH = frozenset({"BUDGET", "COMPENSATE", "RETRY"})
"""What begins a statement, and an option of a declaration as well."""
_GOES_ON = frozenset({"ON", "ELSE", "FINALLY"})
"""What stands behind a closing brace on its line."""
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class _Open:
    """An open brace: where it stands in what is kept, and the line that it ends or stands in."""

    at: int
    token: Token
    line: int
    indent: int


@dataclass(slots=True)
class Braces:
    """The tokens with their braces paired, what is said about that, and where nothing more should be said."""

    tokens: list[Token] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    doubtful: list[Span] = field(default_factory=list)
    headless: bool = False
    """Whether something may have lost the line that begins it."""


def paired(source: Source, tokens: Sequence[Token], spoiled: Damage) -> Braces:
    """Where a line is `spoiled`, a brace may be missing because of that: it is put in without a word."""
    found = Braces()
    text = source.text
    for begin, end in _declarations(text, tokens):
        part = tokens[begin:end]
        if _pair(part):
            found.tokens += part
        else:
            until = tokens[end].span.start if end < len(tokens) else len(text)
            quiet = spoiled.touches(Span(part[0].span.start, until))
            _Pairing(source, part, until, found, told=quiet).run()
    return found


def _declarations(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The declarations, as far as the beginnings of lines tell; the END token stands alone."""
    last = len(tokens) - 1
    starts = [0]
    for at, token in enumerate(tokens[:last]):
        named = token.kind in DECLARATIONS and (tokens[at + 1].kind in ("NAME", "LBRACE") or tokens[at + 1].word)
        if at and named and (token.span.start == 0 or text[token.span.start - 1] == "\n"):
            starts.append(at)
    yield from pairwise([*starts, last, last + 1])


def _pair(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in tokens:
        if token.kind in ("LBRACE", "RBRACE"):
            depth += 1 if token.kind == "LBRACE" else -1
            if depth < 0:
                return False
    return depth == 0


class _Pairing:
    """Goes through one declaration whose braces do not pair. Only the first that is wrong is told."""

    def __init__(self, source: Source, tokens: Sequence[Token], until: int, found: Braces, *, told: bool) -> None:
        self.text = source.text
        self.source = source
        self.given = tokens
        self.until = until
        self.found = found
        self.kept: list[Token] = []
        self.open: list[_Open] = []
        self.told = told
        kinds = [token.kind for token in tokens]
        self.too_many = kinds.count("RBRACE") > kinds.count("LBRACE")
        self.too_few = kinds.count("RBRACE") < kinds.count("LBRACE")

    def run(self) -> None:
        for at, token in enumerate(self.given):
            line = self._line(token)
            first = at == 0 or self._line(self.given[at - 1]) != line
            if token.kind == "RBRACE":
                self._close(token, line, first)
                continue
            if first and at:
                self._dedented(token, self._indent(line) - (token.kind in _GOES_ON))
            if token.kind == "LBRACE" and self._twice(at):
                self._opened_twice(token)
                continue
            if token.kind == "LBRACE":
                self.open.append(_Open(len(self.kept), token, line, self._indent(line)))
            self.kept.append(token)
        while self.open:
            self._left_open(self.open.pop())
        self.found.tokens += self.kept

    def _twice(self, at: int) -> bool:
        """Whether a brace is opened right behind another, where more are opened than closed."""
        before = self.given[at - 1]
        return self.too_few and at > 0 and before.kind == "LBRACE" and before.span.end < self.given[at].span.start

    def _opened_twice(self, token: Token) -> None:
        self.too_few = False
        if not self.told:
            fix = Fix(token.span, "")
            self._add(Diagnostic("SF007", "this `{` opens nothing", Label(token.span), help="leave it out", fix=fix))

    def _line(self, token: Token) -> int:
        return self.source.line_start(token.span.start)

    def _indent(self, line: int) -> int:
        at = line
        while self.text[at : at + 1] in (" ", "\t"):
            at += 1
        return at - line

    def _dedented(self, token: Token, indent: int) -> None:
        """A line that stands no deeper than that of an open brace is behind its block."""
        while self.open and indent <= self.open[-1].indent and not self._same_statement(token, indent):
            self._missing_before(token, self.open.pop())

    def _same_statement(self, token: Token, indent: int) -> bool:
        return token.kind == "LBRACE" and self.open[-1].indent == indent

    def _close(self, token: Token, line: int, first: bool) -> None:
        indent = self._indent(line)
        if first and any(each.indent == indent for each in self.open):
            while self.open[-1].indent > indent:
                self._missing_before(token, self.open.pop())
        if self._fits(line, indent, first):
            self.open.pop()
            self.kept.append(token)
        elif first and self.too_many and (place := self._never_opened(line, indent)) is not None:
            self._missing_opener(place, token)
            self.kept.append(token)
        elif first:
            self._belongs_nowhere(token, line, indent)
        else:
            self._one_too_many(token, line)

    def _fits(self, line: int, indent: int, first: bool) -> bool:
        """Without one too many in all, whatever is open is closed by what closes."""
        if not self.open or not self.too_many:
            return bool(self.open)
        return self.open[-1].indent == indent if first else self.open[-1].line == line

    def _never_opened(self, line: int, indent: int) -> int | None:
        """The last line as deep as this brace, when what follows it is deeper and it ends without an opening brace."""
        deeper = False
        for at in range(len(self.kept) - 1, -1, -1):
            here = self._line(self.kept[at])
            depth = self._indent(here)
            if depth < indent:
                return None
            if depth == indent and here != line:
                return self._end_of_head(at) if deeper and self._may_open(at, here) else None
            deeper = deeper or depth > indent
        return None

    def _end_of_head(self, at: int) -> int:
        """The head of a declaration goes on in deeper lines: `budget 2 usd, 3d` below `flow`."""
        while at + 1 < len(self.kept) and self.kept[at + 1].kind in _HEAD_WORDS:
            line = self._line(self.kept[at + 1])
            end = max(i for i in range(at + 1, len(self.kept)) if self._line(self.kept[i]) == line)
            if self.kept[end].kind == "LBRACE":
                break
            at = end
        return at

    def _may_open(self, at: int, line: int) -> bool:
        """Whether the line that ends with the token `at` begins a block and does not open it."""
        begin = at
        while begin > 0 and self.kept[begin - 1].span.start >= line:
            begin -= 1
        inside = self.kept[at + 1].kind
        if self.kept[begin].kind in _WITH_OPTIONS and inside in STATEMENTS and inside not in OPTIONS | _OF_BOTH:
            return False  # statements belong to no tool: the head of a flow is missing before them
        return self.kept[begin].kind in _BLOCKS and self.kept[at].kind not in ("LBRACE", "RBRACE")

    # What is told

    def _missing_before(self, token: Token, opened: _Open) -> None:
        at = self.kept[-1].span.end
        self.kept.append(Token("RBRACE", "}", Span(at, at)))
        line = self._line(token)
        fix = Fix(Span(line, line), f"{' ' * opened.indent}}}\n")
        label = Label(token.span, "by the indentation, before this")
        self._tell(opened, (label,), f"put `}}` before this line: {self._quoted(line)}", fix)

    def _left_open(self, opened: _Open) -> None:
        """A brace that is open at the end: in the head of a declaration, its place is before the word that goes on."""
        following = range(opened.at + 1, len(self.kept))
        head = (
            at for at in following if self.kept[at].kind in _HEAD_WORDS and self._line(self.kept[at]) == opened.line
        )
        at = next(head, len(self.kept))
        place = self.kept[at - 1].span.end
        self.kept.insert(at, Token("RBRACE", "}", Span(place, place)))
        where = "the end of the file" if self.until == len(self.text) else "the next declaration"
        behind = f"before `{self.kept[at + 1].text}`" if at + 1 < len(self.kept) else f"before {where}"
        self._tell(opened, (), f"put `}}` {behind}", None)
        self.found.doubtful.append(Span(opened.line, self.until))

    def _missing_opener(self, at: int, closer: Token) -> None:
        place = self.kept[at].span.end
        line = self._line(self.kept[at])
        self.kept.insert(at + 1, Token("LBRACE", "{", Span(place, place)))
        self.found.headless = True
        if not self.told:
            message = f"`{self._head(line, place)}` opens no block"
            label = Label(closer.span, "this `}` closes it, by the indentation")
            fix = Fix(Span(place, place), " {")
            self._add(Diagnostic("SF007", message, Label(Span(place, place)), (label,), "put `{` here", fix))

    def _one_too_many(self, token: Token, line: int) -> None:
        if not self.told:
            message = "this `}` closes nothing that is open"
            advice = "put the `{` that is missing before it, or leave it out"
            self._add(Diagnostic("SF007", message, Label(token.span), help=advice))
        self.found.doubtful.append(Span(line, self.until))
        self.found.headless = True

    def _belongs_nowhere(self, token: Token, line: int, indent: int) -> None:
        """Lines deeper than the brace that closes them, and nothing that opens them: what began them is missing."""
        at = len(self.kept)
        while at > 0 and self._indent(self._line(self.kept[at - 1])) > indent:
            at -= 1
        if at == len(self.kept):
            self._one_too_many(token, line)
            return
        begin = self.kept[at]
        if not self.told:
            label = Label(token.span, "this `}` closes nothing that is open")
            advice = "put the line before it that begins what it belongs to, with its `{`"
            self._add(Diagnostic("SF007", "nothing opens this block", Label(begin.span), (label,), advice))
        self.found.doubtful.append(Span(begin.span.start, token.span.end))
        self.found.headless = True

    def _tell(self, opened: _Open, labels: tuple[Label, ...], advice: str, fix: Fix | None) -> None:
        if not self.told:
            head = self._head(opened.line, opened.token.span.start)
            message = f"the `{{` of `{head}` may not be closed" if head else "this `{` may not be closed"
            self._add(Diagnostic("SF007", message, Label(opened.token.span), labels, advice, fix))

    def _add(self, problem: Diagnostic) -> None:
        self.found.diagnostics.append(problem)
        self.told = True

    def _head(self, line: int, end: int) -> str:
        """`loop refine` of `} loop refine budget 4 iterations {`."""
        words = [token for token in self.given if line <= token.span.start < end and token.kind != "RBRACE"]
        if not words or not words[0].text[:1].isalpha():
            return ""
        named = len(words) > 1 and words[0].kind in _NAMED
        shown = words[: 2 if named else 1]
        return " ".join(token.text for token in shown)[:_LONGEST]

    def _quoted(self, line: int) -> str:
        end = self.text.find("\n", line)
        written = self.text[line : end if end >= 0 else len(self.text)].strip()
        return f"`{written if len(written) <= _LONGEST else written[: _LONGEST - 1] + '…'}`"
