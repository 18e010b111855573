"""One mistake in a text that had none: every kind that people make, at places drawn by chance, the same each time.

A mistake is made at a token, as the lexer reads them, so it is one that a hand makes and not one that a disk makes.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.token import Token

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = [
    EXAMPLES / f"{name}.flow"
    for name in ("deploy", "monitor", "place_order", "refine", "reminder", "research", "support")
]
"""What mistakes are made in. A longer list makes another corpus: the counts that are asserted are of this one."""
OF_A_KIND = 12
"""How many mistakes of a kind are made in each file."""

_QUOTES = ("STRING", "TEXT_START", "_TEXT_END")
_BASIC = ("text", "int", "number", "decimal", "bool", "time", "duration", "json")


@dataclass(frozen=True, slots=True)
class Mistaken:
    """`text` is that of `file` with one mistake of this kind at `line`, where `was` was replaced."""

    file: str
    kind: str
    line: int
    was: str
    instead: str
    text: str
    start: int

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: `{self.was}` -> `{self.instead}`"


Make = Callable[[str, list[Token], int, random.Random], "tuple[int, int, str] | None"]
"""What to put in place of the text from one offset to another for a mistake at a token; None when it cannot be made."""


def corpus(seed: int = 0, of_a_kind: int = OF_A_KIND) -> Iterator[Mistaken]:
    """Every kind of mistake in every file."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        yield from mistakes(path.name, text, seed, of_a_kind)


def mistakes(file: str, text: str, seed: int, of_a_kind: int) -> Iterator[Mistaken]:
    tokens = [token for token in tokenise(text, tables()).tokens[:-1] if token.kind != "DOC"]
    for kind, make in KINDS.items():
        chance = random.Random(f"{seed} {file} {kind}")
        places = list(range(len(tokens)))
        chance.shuffle(places)
        made = (change for at in places if (change := make(text, tokens, at, chance)) is not None)
        for (start, end, instead), _ in zip(made, range(of_a_kind), strict=False):
            mistaken = text[:start] + instead + text[end:]
            yield Mistaken(file, kind, text.count("\n", 0, start) + 1, text[start:end], instead, mistaken, start)


def _deleted(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    return tokens[at].span.start, tokens[at].span.end, ""


def _doubled(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    token = tokens[at]
    return token.span.start, token.span.end, f"{token.text} {token.text}"


def _swapped(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    if at + 1 == len(tokens) or tokens[at].text == tokens[at + 1].text:
        return None
    first, second = tokens[at].span, tokens[at + 1].span
    between = text[first.end : second.start] or " "
    return first.start, second.end, f"{tokens[at + 1].text}{between}{tokens[at].text}"


def _slip(word: str, chance: random.Random) -> str:
    """A letter left out, doubled, or in the place of the next."""
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def _misspelt(words: bool) -> Make:
    def make(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
        token = tokens[at]
        if token.word is not words or not token.text.isidentifier() or len(token.text) < 4:
            return None
        slip = _slip(token.text, chance)
        return None if slip == token.text else (token.span.start, token.span.end, slip)

    return make


def _left_out(*kinds: str) -> Make:
    def make(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
        return _deleted(text, tokens, at, chance) if tokens[at].kind in kinds else None

    return make


def _quote(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    token = tokens[at]
    if token.kind not in _QUOTES:
        return None
    if token.kind == "STRING" and chance.random() < 0.5:
        return token.span.end - 1, token.span.end, ""
    return token.span.start, token.span.start + 1, ""


def _other_value(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    token = tokens[at]
    instead = {"STRING": "7", "INT": '"7"', "DURATION": '"soon"', "TRUE": "1", "NUMBER": '"0.5"'}.get(token.kind)
    return None if instead is None else (token.span.start, token.span.end, instead)


def _other_type(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    token = tokens[at]
    if token.text not in _BASIC or at == 0 or tokens[at - 1].text not in (":", "[", "->"):
        return None
    return token.span.start, token.span.end, chance.choice([each for each in _BASIC if each != token.text])


def _line_left_out(text: str, tokens: list[Token], at: int, chance: random.Random) -> tuple[int, int, str] | None:
    start = text.rfind("\n", 0, tokens[at].span.start) + 1
    end = text.find("\n", start)
    return (start, end, "") if text[start:end].strip() and end > 0 else None


KINDS: dict[str, Make] = {
    "a token left out": _deleted,
    "a token doubled": _doubled,
    "two tokens swapped": _swapped,
    "a name misspelt": _misspelt(words=False),
    "a word misspelt": _misspelt(words=True),
    "a brace left out": _left_out("LBRACE", "RBRACE"),
    "a bracket left out": _left_out("LPAR", "RPAR", "LSQB", "RSQB"),
    "a quote left out": _quote,
    "a value of another type": _other_value,
    "another type": _other_type,
    "a line left out": _line_left_out,
}
