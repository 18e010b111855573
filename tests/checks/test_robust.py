"""Whatever the text, analysis gives diagnostics and never raises: mutations of the cases, the same on every run."""

import random
import re
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.diagnostics.codes import CODES
from dsl.source import Source
from tests.checks.cases import files, name_of, read

MUTATIONS = 12
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_mutations_are_analysed(path: Path) -> None:
    text = read(path).text
    chance = random.Random(name_of(path))
    for _ in range(MUTATIONS):
        _check(_mutated(text, chance))


SCRAPS = ["", "edition 1", "edition 1 flow", "}", "flow f(", 'flow f() { let x = "{{', "\x00", "#"]


@pytest.mark.parametrize("text", SCRAPS)
def test_scraps_are_analysed(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    analysis = analyse(Source("mutated.flow", text))
    for each in analysis.diagnostics:
        assert each.code in CODES
        assert each.message
        for label in (each.primary, *each.secondary):
            assert 0 <= label.span.start <= label.span.end <= len(text)


def _mutated(text: str, chance: random.Random) -> str:
    tokens = TOKEN.findall(text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens))
        match chance.randrange(5):
            case 0:
                del tokens[at : at + chance.randint(1, 6)]
            case 1:
                tokens[at:at] = tokens[at : at + chance.randint(1, 12)]
            case 2:
                tokens[at] = chance.choice(tokens)
            case 3:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                del tokens[at + len(tokens) // 2 :]
        tokens = tokens or ["edition"]
    return "".join(tokens)
