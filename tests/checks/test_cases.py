"""Every case gives the diagnostics that are written in it, and no other; every code has a case that gives it and one
that only nearly does."""

from pathlib import Path

import pytest

from dsl.checks import registry
from dsl.checks.registry import ROWS
from dsl.diagnostics.codes import CODES
from tests.checks.cases import FOLDER, Expected, expected, files, found, name_of, places, places_file, read

OF_LINKING = {"SF110"}
OF_NOTES = {"SF011", "SF609"}
OF_THE_PARSER = frozenset(code for code in CODES if code.startswith("SF00"))


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_it_gives_what_is_written_in_it(path: Path) -> None:
    left = sorted(found(path))
    unmet = []
    for each in expected(read(path)):
        match = next((seen for seen in left if _is(seen, each)), None)
        if match is None:
            unmet.append(each)
        else:
            left.remove(match)
    assert (unmet, left) == ([], [])


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_it_tells_the_places_that_stand_beside_it(path: Path, request: pytest.FixtureRequest) -> None:
    """A case without diagnostics has no such file."""
    told, golden = places(path), places_file(path)
    if request.config.getoption("--rewrite"):
        golden.unlink(missing_ok=True)
        if told:
            golden.write_text(told, encoding="utf-8")
    assert told == (golden.read_text(encoding="utf-8") if golden.exists() else "")


def test_every_file_of_places_has_its_case() -> None:
    assert set(FOLDER.rglob("*.places")) <= {places_file(path) for path in files()}


def _is(seen: Expected, wanted: Expected) -> bool:
    same = (seen.line, seen.severity, seen.code) == (wanted.line, wanted.severity, wanted.code)
    return same and wanted.words in seen.words


@pytest.mark.parametrize("code", sorted(set(CODES) - OF_THE_PARSER))
def test_a_code_has_a_case_that_gives_it_and_one_that_does_not(code: str) -> None:
    cases = [path for path in files() if path.parent.name == code]
    assert any(each.code == code for path in cases for each in expected(read(path)))
    assert any(path.stem.startswith("fine") and not expected(read(path)) for path in cases)


def test_every_code_has_a_check_or_comes_from_the_parser() -> None:
    assert {row.code for row in ROWS} | OF_THE_PARSER | OF_LINKING | OF_NOTES == set(CODES)


def test_every_expectation_says_which_words() -> None:
    assert [each for path in files() for each in expected(read(path)) if not each.words] == []


def test_each_check_is_in_the_list() -> None:
    folder = Path(registry.__file__).parent
    names = {path.stem for path in folder.glob("*.py") if "\ndef check" in path.read_text("utf-8")}
    assert names - {"registry"} == {row.module for row in ROWS}
