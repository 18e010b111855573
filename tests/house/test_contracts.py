"""`grammar/contracts.md` has every statement, six happenings for each, and names cases that there are."""

import re

import pytest

from dsl.syntax.words import STATEMENTS
from tests.house.checkout import ROOT

PAGE = (ROOT / "grammar" / "contracts.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
HAPPENINGS = ["error", "time is over", "cancel", "kill", "the same again", "late"]


def test_every_statement_has_its_part() -> None:
    headings = {word for heading in SECTIONS for word in re.findall(r"[a-z]+", heading)}
    beside = {"branch": "parallel", "yield": "parallel"}
    assert {each for each in map(str.lower, STATEMENTS) if beside.get(each, each) not in headings} == set()


@pytest.mark.parametrize("section", SECTIONS)
def test_a_part_says_what_follows_in_each_case_and_who_shows_it(section: str) -> None:
    rows = re.findall(r"^\| ([^|]+) \| (.+) \|$", SECTIONS[section], re.MULTILINE)
    assert [happens for happens, _ in rows[1:]] == HAPPENINGS
    shown = re.findall(r"`(\w+)`", SECTIONS[section].rpartition("Shown by: ")[2])
    assert shown
    assert [each for each in shown if not (ROOT / "tests" / "cases" / "runs" / each).is_dir()] == []
