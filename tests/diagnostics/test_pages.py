"""The page of each code: its example shows exactly that code, and the mended one nothing at all."""

import pytest

from dsl.analysis import analyse
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.explain import Explanation, explanation, nearest
from dsl.diagnostics.reports import concise
from dsl.source import Source

NOT_A_TEXT = {"SF003"}
"""Codes that no text can show."""


def page(code: str) -> Explanation:
    found = explanation(code)
    assert found is not None
    return found


def report(text: str) -> tuple[set[str], str]:
    source = Source("example.flow", text)
    found = analyse(source).diagnostics
    return {each.code for each in found}, concise([(source, found)])


@pytest.mark.parametrize("code", [code for code in CODES if code not in NOT_A_TEXT])
def test_the_bad_example_shows_exactly_this_code(code: str) -> None:
    codes, said = report(page(code).bad)
    assert codes == {code}, said


@pytest.mark.parametrize("code", [code for code in CODES if code not in NOT_A_TEXT])
def test_the_good_example_is_clean(code: str) -> None:
    good = page(code).good
    assert good
    codes, said = report(good)
    assert codes == set(), said


@pytest.mark.parametrize("code", CODES)
def test_a_page_begins_with_its_title_and_fits_a_terminal(code: str) -> None:
    lines = page(code).page.splitlines()
    assert lines[0] == f"# {code}: {CODES[code]}"
    assert [line for line in lines if len(line) > 100] == []


def test_codes_are_found_as_people_type_them() -> None:
    assert page("sf301") == page("SF301")
    assert explanation("SF999") is None
    assert explanation("../SF301") is None
    assert nearest("SF31") == "SF301"
    assert nearest("hello") is None
