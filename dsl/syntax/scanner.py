"""What the two halves of the lexer share: the place in the text, what is open there, and what was found so far."""

from dsl.dataclass import dataclass, field
from dsl.diagnostics.diagnostic import Diagnostic, Fix, Label
from dsl.source import Span
from dsl.syntax.token import Token

MAXIMUM_NESTING = 100


@dataclass(frozen=True, slots=True)
class Opener:
    """A bracket, a quote or a `{{` that has not been closed."""

    kind: str
    start: int


@dataclass(slots=True)
class Scanner:
    text: str
    at: int = 0
    openers: list[Opener] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    spoiled: list[Span] = field(default_factory=list)
    """Where what stands there can hardly be told: a line with a quote too few. No more is said about it."""
    notes: list[Span] = field(default_factory=list)
    """Comments, some of which speak to the check."""
    stray: Span | None = None
    """Quotes that are read as three, because three were meant."""
    swallowed: bool = False
    """A text that is never closed has taken the rest of the file."""
    too_deep: bool = False

    def startswith(self, prefix: str) -> bool:
        return self.text.startswith(prefix, self.at)

    def inside(self, *kinds: str) -> bool:
        """Whether the innermost opener is one of `kinds`."""
        return bool(self.openers) and self.openers[-1].kind in kinds

    def open(self, kind: str) -> None:
        if len(self.openers) >= MAXIMUM_NESTING:
            self.too_deep = True
            advice = "split it: give parts a name with `let`, or move them to a flow of their own"
            self.problem(self.ahead(len(kind)), f"nested more than {MAXIMUM_NESTING} deep", advice)
        self.openers.append(Opener(kind, self.at))

    def token(self, kind: str, length: int, *, word: bool = False) -> None:
        """The next `length` characters as a token."""
        start = self.at
        self.at = end = start + length
        self.tokens.append(Token(kind, self.text[start:end], Span(start, end), word))

    def put(self, token: Token) -> None:
        """A token that stands for other text than its own; reading goes on after it."""
        self.tokens.append(token)
        self.at = token.span.end

    def ahead(self, length: int) -> Span:
        return Span(self.at, self.at + length)

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def problem(
        self,
        span: Span,
        message: str,
        advice: str | None = None,
        replacement: str | None = None,
        *,
        code: str = "SF001",
    ) -> None:
        fix = None if replacement is None else Fix(span, replacement)
        self.diagnostics.append(Diagnostic(code, message, Label(span), help=advice, fix=fix))
