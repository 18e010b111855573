"""What is known about a syntax error when it is put into words."""

from dataclasses import dataclass
from difflib import get_close_matches

from dsl.source import Source
from dsl.syntax.token import Token
from dsl.syntax.words import DECLARATIONS


@dataclass(frozen=True, slots=True)
class Mistake:
    """A token that cannot stand where it stands. `before` are the tokens up to it, `unclosed` the bracket it is in,
    `missing` the symbol that would mend it when put before."""

    token: Token
    before: list[Token]
    expected: frozenset[str]
    texts: dict[str, str]
    unclosed: Token | None
    missing: str | None
    source: Source

    @property
    def breaks_off(self) -> bool:
        """Whether a line ends before what it began is complete: then the place to mend is its end."""
        if not self.before or self.token.kind in DECLARATIONS | {"$END"}:
            return False
        if {"STEP", "FLOW", "$END"} & self.expected or ("RBRACE" in self.expected and "COMMA" not in self.expected):
            return False
        return "\n" in self.source.text[self.before[-1].span.end : self.token.span.start]


def meant(token: Token, expected: frozenset[str], texts: dict[str, str]) -> str | None:
    """The word of the language that was probably meant by a name that cannot stand here."""
    if token.kind != "NAME":
        return None
    words = {texts[kind]: kind for kind in expected if kind in texts and texts[kind].isalpha()}
    close = get_close_matches(token.text, sorted(words), 1, 0.75)
    return words[close[0]] if close else None
