"""The pages for newcomers, followed word for word."""

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Dsl
from tests.cli.sessions import follow, matches, read

HOW_TO = sorted((ROOT / "docs" / "how-to").glob("*.md"))


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_tour_is_as_it_says(dsl: Dsl) -> None:
    assert follow(read(ROOT / "docs" / "tour.md"), dsl) >= 8


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_what_is_said_to_who_comes_from_elsewhere_is_so(dsl: Dsl) -> None:
    assert follow(read(ROOT / "docs" / "coming-from.md"), dsl) == 5


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_a_how_to_is_as_it_says(page: Path, dsl: Dsl) -> None:
    assert follow(read(page), dsl) >= 3


def test_there_are_how_tos() -> None:
    assert len(HOW_TO) >= 8


@pytest.mark.parametrize(
    ("shown", "printed", "is_alike"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a …s\n", "a 0.1s\n", True),
        ("a …s\n", "a 0.1m\n", False),
        ("…\nb\n", "a\na\nb\n", True),
        ("…\nb\n", "a\nb\nc\n", False),
        ("b\n…\n", "b\n", True),
        ("", "a\n", False),
    ],
)
def test_what_is_shown_is_compared(shown: str, printed: str, is_alike: bool) -> None:
    assert matches(shown, printed) is is_alike
