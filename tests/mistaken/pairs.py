"""Two mistakes in two declarations of one text: what is told of each alone is told of both together.

A mistake whose message is gone because of another one is hidden: its author mends the one, and meets the next.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.analysis import analyse
from dsl.source import Source
from tests.mistaken.corpus import FILES, Mistaken, mistakes

OF_A_KIND = 3
PAIRS = 50
"""So many pairs are tried in each example."""
_HEAD = re.compile(r"^(?:##.*\n)*(?:type|tool|agent|flow|fn)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pair:
    first: Mistaken
    second: Mistaken
    text: str
    moved: int
    """How far the second stands from where it stood alone."""


def pairs(seed: int = 0) -> Iterator[tuple[Pair, list[str]]]:
    """Each pair with what is no longer told."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        made = [each for each in mistakes(path.name, text, seed, OF_A_KIND) if _places(each.text)]
        chance = random.Random(f"{seed} {path.name} pairs")
        tried = (_both(text, *chance.sample(made, 2)) for _ in range(10 * PAIRS))
        for pair, _ in zip((each for each in tried if each is not None), range(PAIRS), strict=False):
            yield pair, _hidden(pair)


def _both(text: str, first: Mistaken, second: Mistaken) -> Pair | None:
    """Both in one text, when they stand in two declarations."""
    if second.start < first.start:
        first, second = second, first
    heads = [found.start() for found in _HEAD.finditer(text)]
    between = [head for head in heads if first.start + len(first.was) < head <= second.start]
    if not between or any(second.start <= head < second.start + len(second.was) for head in heads):
        return None
    moved = len(first.instead) - len(first.was)
    at = second.start + moved
    return Pair(first, second, first.text[:at] + second.instead + first.text[at + len(second.was) :], moved)


def _hidden(pair: Pair) -> list[str]:
    together = _places(pair.text)
    grown = len(pair.second.instead) - len(pair.second.was)
    lost = []
    for code, place in sorted(_primary(pair.first.text)):
        now = place + grown if place > pair.second.start + pair.moved else place
        if now not in together:
            lost.append(f"{pair.first.name}: {code}")
    for code, place in sorted(_primary(pair.second.text)):
        now = place + pair.moved if place > pair.first.start else place
        if now not in together:
            lost.append(f"{pair.second.name}: {code}")
    return lost


def _primary(text: str) -> set[tuple[str, int]]:
    """The errors of a text, each with where it stands."""
    found = analyse(Source("mistaken.flow", text)).diagnostics
    return {(each.code, each.primary.span.start) for each in found if each.severity == "error"}


def _places(text: str) -> set[int]:
    """Every place that is shown: of a message, and of what it says is the same mistake."""
    found = analyse(Source("mistaken.flow", text)).diagnostics
    return {label.span.start for each in found for label in (each.primary, *each.secondary)}
