"""Examples, and the blocks of flow text in our pages, are formatted."""

from pathlib import Path

import pytest

from dsl.formatting.format import format_text
from tests.formatting.pages import BLOCK, formatted_page
from tests.house.checkout import ROOT

PAGES = [page for page in sorted(ROOT.glob("*/*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]
EXAMPLES = sorted((ROOT / "examples").rglob("*.flow"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert formatted_page(text) == text, (
        f"`python -m tests.formatting.pages {page.relative_to(ROOT)}` formats its blocks"
    )


def test_the_examples() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES}
    assert [name for name, text in texts.items() if format_text(text) != text] == [], "`dsl fmt examples` formats them"
