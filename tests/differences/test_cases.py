"""Two versions and what is told of them: `tests/cases/differences/NAME/` has `old.flow`, `new.flow` and `told.txt`.

Each is also told to programs, in the form that the schema says, and to GitHub.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from dsl.analysis import analyse
from dsl.ast import statements
from dsl.ast.node import walk
from dsl.differences.changes import Change
from dsl.differences.document import document
from dsl.differences.fields import aspects
from dsl.differences.markdown import markdown
from dsl.differences.report import Comparison, comparison, report
from dsl.differences.schema import differences_schema
from dsl.differences.sides import Side, side_of
from dsl.differences.text import lines
from dsl.differences.wording import LAYOUT
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.conftest import Golden
from tests.differences.laws import broken

FOLDER = Path(__file__).parents[1] / "cases" / "differences"
CASES = sorted(path.parent for path in FOLDER.glob("*/old.flow"))
VALIDATOR = jsonschema.Draft202012Validator(differences_schema())


@lru_cache(maxsize=400)
def side(file: Path) -> Side:
    analysis = analyse(Source(file.name, file.read_text(encoding="utf-8")))
    assert analysis.ok, [each.message for each in analysis.diagnostics]
    return side_of(file.name, analysis)


@lru_cache(maxsize=400)
def compared(case: Path) -> Comparison:
    return comparison([report(side(case / "old.flow"), side(case / "new.flow"))])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_told(case: Path, golden: Golden) -> None:
    found = compared(case)
    golden(case / "told.txt", "".join(f"{line}\n" for line in lines(found)))
    VALIDATOR.validate(document(found))
    assert markdown(found).startswith("### ")
    assert broken(side(case / "old.flow"), side(case / "new.flow")) == []


def test_every_verdict_has_its_cases() -> None:
    told = [(case / "told.txt").read_text(encoding="utf-8").splitlines()[1].partition(":")[0] for case in CASES]
    assert set(told) == {LAYOUT, "compatible", "weaker", "breaking"}


NOT_MADE = {"branch", "edition", "meaning", "other"}
"""Aspects of which there is no case: a way of `await first` that is called otherwise is told at its step, there is one
edition, and that nothing is known of a change must never be said."""


@pytest.mark.slow
def test_every_construct_and_every_aspect_has_its_case() -> None:
    parsed = (parse(Source("", file.read_text(encoding="utf-8"))).module for file in FOLDER.glob("*/new.flow"))
    written = {type(node) for module in parsed for node in walk(module)}
    assert set(get_args(statements.Statement)) - written == set()
    told = {change.aspect for case in CASES for change in _changes(case)}
    assert set(aspects()) - told == NOT_MADE


def _changes(case: Path) -> Iterator[Change]:
    for each in compared(case).reports:
        yield from (*each.changes, *each.follows)


def test_a_version_is_the_same_as_itself() -> None:
    for case in CASES[::8]:
        old = side(case / "old.flow")
        assert report(old, old).verdict == "layout"
