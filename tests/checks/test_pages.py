"""The page of each code shows a text that gives this code alone, and the same text mended."""

import re
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.diagnostics import codes
from dsl.source import Source

PAGES = sorted((Path(codes.__file__).parent / "explanations").glob("SF*.md"))
_BLOCK = re.compile(r"^```flow (bad|good)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _given(text: str) -> set[str]:
    return {each.code for each in analyse(Source("page.flow", text)).diagnostics}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_examples_are_true(page: Path) -> None:
    for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        assert _given(text) == ({page.stem} if kind == "bad" else set())


def test_the_pages_have_examples() -> None:
    without = [page.stem for page in PAGES if not _BLOCK.search(page.read_text(encoding="utf-8"))]
    assert without in ([], ["SF003"])
