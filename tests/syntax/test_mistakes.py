"""Texts with mistakes, and what is said about them."""

from pathlib import Path

import pytest

from dsl.diagnostics.reports import text
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.conftest import Golden

CASES = Path(__file__).parents[1] / "cases" / "syntax" / "mistakes"


@pytest.mark.parametrize("file", sorted(CASES.glob("*.flow")), ids=lambda file: file.stem)
def test_the_report_is_as_expected(file: Path, golden: Golden) -> None:
    source = Source(file.name, file.read_text(encoding="utf-8"))
    parsed = parse(source)
    assert parsed.diagnostics
    golden(file.with_suffix(".txt"), text([(source, parsed.diagnostics)]))
