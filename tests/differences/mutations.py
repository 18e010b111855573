"""Changes of a text, made at its tokens and lines: most that pass the check mean something else.

Values become other values, words other words of their kind, names other names (everywhere in the file), and lines go,
come twice, or change places with the next one. Comments and layout change what means nothing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.syntax.grammar import tables
from dsl.syntax.lexer import tokenise
from dsl.syntax.token import Token

_VALUES = {
    "INT": ("2", "7", "40"),
    "SCALED": ("9k", "3M"),
    "NUMBER": ("0.25", "3.75"),
    "DURATION": ("45s", "2h", "9d"),
    "STRING": ('"other"', '"x"'),
    "COMPARISON": ("<", ">=", "==", "!="),
}
_WORDS = {
    "READ": ("IDEMPOTENT", "WRITE"),
    "IDEMPOTENT": ("READ", "WRITE"),
    "WRITE": ("IRREVERSIBLE", "READ"),
    "IRREVERSIBLE": ("WRITE",),
    "REJECT": ("FAIL", "APPROVE"),
    "FAIL": ("REJECT",),
    "TRUE": ("FALSE",),
    "FALSE": ("TRUE",),
    "AND": ("OR",),
    "OR": ("AND",),
}


@dataclass(frozen=True)
class Mutated:
    kind: str
    at: str
    text: str


def mutations(text: str, chance: random.Random, most: int) -> Iterator[Mutated]:
    """At most so many, drawn from all places."""
    made = [*_of_tokens(text, chance), *_of_lines(text), *_of_names(text)]
    chance.shuffle(made)
    yield from made[:most]


def _of_tokens(text: str, chance: random.Random) -> Iterator[Mutated]:
    fixed = {kind: word for word, kind in tables().fixed.items()}
    for token in tokenise(text, tables()).tokens:
        others = _VALUES.get(token.kind) or tuple(fixed[word] for word in _WORDS.get(token.kind, ()) if word in fixed)
        others = tuple(other for other in others if other != _of(text, token))
        if others:
            other = chance.choice(others)
            yield Mutated(
                token.kind.lower(),
                f"{_of(text, token)} -> {other}",
                _put(text, token.span.start, token.span.end, other),
            )


def _of_lines(text: str) -> Iterator[Mutated]:
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[1:], 1):
        if line.strip() and not line.strip().startswith("#"):
            yield Mutated("line gone", line.strip(), "".join(lines[:number] + lines[number + 1 :]))
            yield Mutated("line twice", line.strip(), "".join([*lines[: number + 1], *lines[number:]]))
            swapped = [*lines[:number], *lines[number + 1 : number + 2], line, *lines[number + 2 :]]
            yield Mutated("lines swapped", line.strip(), "".join(swapped))


def _of_names(text: str) -> Iterator[Mutated]:
    tokens = [token for token in tokenise(text, tables()).tokens if token.kind == "NAME"]
    for name in dict.fromkeys(_of(text, token) for token in tokens):
        made, behind = "", 0
        for token in tokens:
            if _of(text, token) == name:
                made += text[behind : token.span.start] + f"{name}_b"
                behind = token.span.end
        yield Mutated("name", name, made + text[behind:])


def _of(text: str, token: Token) -> str:
    return text[token.span.start : token.span.end]


def _put(text: str, start: int, end: int, other: str) -> str:
    return text[:start] + other + text[end:]
