"""Tokens: what the lexer makes and the automaton takes."""

from dsl.dataclass import dataclass
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is the name of a terminal of the grammar; `text` is as written. `word` marks a word of the language."""

    kind: str
    text: str
    span: Span
    word: bool = False
