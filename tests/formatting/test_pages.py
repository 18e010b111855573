"""The blocks of flow text in our pages are formatted."""

from pathlib import Path

import pytest

from tests.formatting.pages import BLOCK, formatted
from tests.house.checkout import ROOT

PAGES = [page for page in sorted(ROOT.glob("*/*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_page(page: Path) -> None:
    for kind, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        assert formatted(kind, block) == block
