"""What is known about a syntax error when it is put into words."""

from typing import NamedTuple

from dsl.dataclass import dataclass
from dsl.source import Source
from dsl.syntax.foreign import REPLACED, STATEMENT_WORDS
from dsl.syntax.token import Token
from dsl.syntax.words import DECLARATIONS


class Hint(NamedTuple):
    """What to do, what to put in place of the token found when that alone mends it, and where it can be told better
    than by what was expected, what is wrong."""

    advice: str | None
    replacement: str | None = None
    message: str | None = None
    code: str = "SF001"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A token that cannot stand where it stands. `before` are the tokens up to it, `after` some
    behind it, `unclosed` the bracket it is in,
    `missing` the symbol that would mend it when put before."""

    token: Token
    before: list[Token]
    after: list[Token]
    expected: frozenset[str]
    texts: dict[str, str]
    unclosed: Token | None
    missing: str | None
    source: Source

    @property
    def in_block(self) -> bool:
        """Whether a statement could begin here."""
        return "STEP" in self.expected

    @property
    def in_file(self) -> bool:
        """Whether a declaration could begin here."""
        return "FLOW" in self.expected

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
    if token.kind != "NAME" or token.text in REPLACED or token.text in STATEMENT_WORDS:
        return None
    words = {texts[kind]: kind for kind in expected if kind in texts and texts[kind].isalpha()}
    if token.text.lower() in words:
        return words[token.text.lower()]
    from difflib import get_close_matches  # loaded where there is a mistake

    close = get_close_matches(token.text, sorted(words), 5, 0.75)
    best = min(close, key=lambda word: (_slips(token.text, word), abs(len(word) - len(token.text))), default=None)
    return None if best is None else words[best]


def _slips(written: str, word: str) -> int:
    """1 for two letters that stand in each other's place, else how many letters differ, at least."""
    if len(written) == len(word):
        wrong = [at for at in range(len(word)) if written[at] != word[at]]
        if len(wrong) == 2 and written[wrong[0]] == word[wrong[1]] and written[wrong[1]] == word[wrong[0]]:
            return 1
        return len(wrong)
    from difflib import SequenceMatcher

    shared = sum(block.size for block in SequenceMatcher(None, written, word).get_matching_blocks())
    return max(len(written), len(word)) - shared
