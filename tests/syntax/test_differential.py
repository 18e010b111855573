"""What Lark's own parser takes, ours takes, and nothing else: over all flows here, and over changed ones."""

import random
from functools import cache
from pathlib import Path

import pytest

from dsl.syntax.grammar import END, tables
from dsl.syntax.lexer import tokenise
from tests.syntax.differential import kinds_of, reads_without_a_mistake, refused_by_lark, refused_by_ours
from tests.typed.programs import typed
from tests.typed.wild import wild

ROOT = Path(__file__).parents[2]
QUICK, SOAK = 60, 100_000
ONE_IN = 8
"""So many of the flows here are read in the quick suite."""
LONGEST = 4_000
"""Of a text that is changed: of long ones the beginning would be read over and over."""
_PUT_IN = [" step", " let", "\nflow", "\n}", " {", " (", " name", " 5", ' "a"', " timeout", " commit"]


@cache
def flows() -> list[str]:
    files = sorted([*(ROOT / "examples").rglob("*.flow"), *(ROOT / "tests").rglob("*.flow")])
    assert len(files) > 300
    return [file.read_text(encoding="utf-8") for file in files]


@cache
def kinds() -> list[str]:
    return [*sorted(tables().fixed.values()), *sorted(tables().patterns.keys() - {"WS", "COMMENT"})]


@cache
def short() -> list[tuple[str, list[str]]]:
    return [(text, kinds_of(text)) for text in flows()[:: ONE_IN // 2] if len(text) < LONGEST]


def agree(row: list[str]) -> bool:
    """Whether the row is taken."""
    ours, larks = refused_by_ours(row), refused_by_lark(row)
    assert ours == larks, row
    return ours is None


def test_lark_takes_the_flows_of_this_repository_and_refuses_them_where_we_do() -> None:
    _flows_here(flows()[::ONE_IN])


@pytest.mark.soak
def test_lark_takes_all_the_flows_of_this_repository() -> None:
    _flows_here(flows())


def _flows_here(texts: list[str]) -> None:
    """A text that reads without a mistake is one that Lark takes, and one that does not is none."""
    taken = 0
    for text in texts:
        verdict = agree(kinds_of(text))
        assert reads_without_a_mistake(text) == verdict, text
        taken += verdict
    assert 0 < len(texts) - taken < taken


@pytest.mark.parametrize("seed", range(5))
def test_generated_programs_are_read_alike(seed: int) -> None:
    assert agree(kinds_of(typed(seed)[0]))
    agree(kinds_of(wild(seed)))


def test_changed_tokens_are_refused_at_the_same_place() -> None:
    _changed_tokens(10 * QUICK)


def test_changed_texts_are_read_alike() -> None:
    _changed_texts(QUICK // 3)


@pytest.mark.soak
def test_tokens_changed_a_hundred_thousand_times_are_refused_at_the_same_place() -> None:
    _changed_tokens(SOAK)


@pytest.mark.soak
def test_texts_changed_many_times_are_read_alike() -> None:
    _changed_texts(SOAK // 5)


def _changed_tokens(number: int) -> None:
    chance = random.Random("tokens")
    taken = 0
    for _ in range(number):
        row = list(chance.choice(short())[1])
        for _ in range(chance.randint(1, 3)):
            _change(row, chance, kinds())
        taken += agree([*(each for each in row if each != END), END])
    assert 0 < taken < number / 2


def _changed_texts(number: int) -> None:
    chance = random.Random("texts")
    taken = 0
    for _ in range(number):
        text = chance.choice(short())[0]
        pieces, at = [], 0
        for token in tokenise(text, tables()).tokens:
            pieces.append(text[at : token.span.end])
            at = token.span.end
        _change(pieces, chance, _PUT_IN)
        changed = "".join(pieces)
        verdict = agree(kinds_of(changed))
        assert reads_without_a_mistake(changed) == verdict, changed
        taken += verdict
    assert 0 < taken < number


def _change(row: list[str], chance: random.Random, others: list[str]) -> None:
    """One item left out, twice, in another's place, put in, or replaced."""
    if not row:
        return
    at = chance.randrange(len(row))
    match chance.randrange(5):
        case 0:
            del row[at]
        case 1:
            row.insert(at, row[at])
        case 2:
            other = chance.randrange(len(row))
            row[at], row[other] = row[other], row[at]
        case 3:
            row.insert(at, chance.choice(others))
        case _:
            row[at] = chance.choice(others)
