"""`decompile(compile(f))` seals to the hash of `f`, for everything that seals."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dsl.definition.unseal import unseal
from dsl.formatting.format import format_text
from tests.decompiling.trips import GENERATORS, ROOT, analysed, back, sealed_flows, there_and_back
from tests.heart.flows import some_flow
from tests.heart.watched import Watched, definition_of, flows, seen

FEW, SOME, MANY = 4, 50, 3_000
EXAMPLES = sorted((ROOT / "examples").glob("*.flow"))
CASES = sorted((ROOT / "tests" / "cases").rglob("*.flow"))
RARE = ("wild", "sensitive", "persons")
"""What seldom passes the check."""
EVERY = 20
"""Of the cases, one in so many each time; all of them with the slow tests."""


def passing(paths: list[Path]) -> int:
    """How many flows of these files came back; what does not pass the check is left out."""
    found = 0
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        analysis = analysed(text, path)
        if analysis.ok:
            found += there_and_back(analysis)
    return found


@pytest.mark.parametrize("path", EXAMPLES[::2], ids=lambda path: path.stem)
def test_an_example_comes_back(path: Path) -> None:
    assert passing([path]) >= 1


def test_some_cases_come_back() -> None:
    assert passing(CASES[::EVERY]) > len(CASES) / EVERY / 2


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_examples_and_more_cases_come_back(every: int) -> None:
    assert passing(EXAMPLES) >= len(EXAMPLES)
    assert passing(CASES[1::every] if every > 1 else CASES) > len(CASES) / every / 2


def generated(name: str, number: int, first: int = 0) -> int:
    """So many texts that pass the check come back; how many flows these are."""
    found = passed = 0
    for seed in count(first):
        analysis = analysed(GENERATORS[name](seed))
        if analysis.ok:
            passed += 1
            found += there_and_back(analysis)
        if passed == number:
            break
    return found


@pytest.mark.parametrize("name", [name for name in GENERATORS if name != "sensitive"])
def test_a_random_text_comes_back(name: str) -> None:
    assert generated(name, 1 if name in RARE else FEW) >= 1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", GENERATORS)
def test_random_texts_come_back(name: str) -> None:
    assert generated(name, SOME // 10 if name in RARE else SOME, 1_000) >= 5


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", GENERATORS)
def test_many_random_texts_come_back(name: str) -> None:
    generated(name, MANY, 10_000)


def test_what_comes_back_is_laid_out_and_comes_back_as_itself() -> None:
    for path in EXAMPLES[:3]:
        for sealed in sealed_flows(analysed(path.read_text(encoding="utf-8"), path)):
            text = back(unseal(sealed.json))
            assert format_text(text) == text
            (again,) = (each for each in sealed_flows(analysed(text)) if each.flow == sealed.flow)
            assert back(unseal(again.json)) == text


def test_what_comes_back_runs_as_the_flow_does() -> None:
    for seed, definition in flows(3):
        found: list[Any] = []
        for text in (some_flow(seed), back(definition)):
            made = definition_of(text)
            assert made is not None
            watched = Watched.some(made, f"{seed}.0")
            found.append(seen(watched, watched.run()))
        assert found[0] == found[1]
